package org.pellucid.models.zoo;

import java.nio.file.Path;
import java.util.Optional;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.nn.NetworkBuilder;
import org.pellucid.models.nn.NetworkDescription;
import org.pellucid.weights.Checkpoint;

/** Food classifiers, built in or from a file. */
public final class FoodNetworks {
  /** The name of the built-in network. */
  public static final String BUILT_IN = "food";

  private FoodNetworks() {}

  /**
   * The built-in network ({@code food}) or one from a checkpoint.
   *
   * @param description of its layers; where it is empty the checkpoint's names tell them
   * @throws org.pellucid.weights.WeightsException if the file can't be read
   * @throws IllegalArgumentException if its parameters form no known network
   */
  public static ConvolutionalNetwork open(String nameOrFile, Optional<Path> description) {
    try (var checkpoint =
        nameOrFile.equals(BUILT_IN) ? builtIn() : Checkpoint.open(Path.of(nameOrFile))) {
      var parameters = new CheckpointParameters(checkpoint);
      var layers =
          description
              .map(NetworkDescription::read)
              .orElseGet(() -> NetworkBuilder.describe(parameters));
      return NetworkBuilder.build(layers, parameters, ElementType.FLOAT32);
    }
  }

  private static Checkpoint builtIn() {
    return resource("food.safetensors");
  }

  static Checkpoint resource(String name) {
    return Checkpoint.ofBytes(name, ExampleFiles.read(name));
  }
}
