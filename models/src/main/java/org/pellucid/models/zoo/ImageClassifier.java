package org.pellucid.models.zoo;

import static org.pellucid.engine.tensor.Shapes.check;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.nn.NetworkBuilder;
import org.pellucid.models.nn.NetworkDescription;
import org.pellucid.models.vision.Image;
import org.pellucid.models.vision.ImageTensors;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.numpy.NpyArray;

/**
 * An image classifier: a network, the names of its classes, and how an image becomes its input.
 * Closing it closes the network.
 *
 * @param name of the built-in network or the file that it was read from
 * @param classNames by output; empty where they are unknown
 */
public record ImageClassifier(String name, ConvolutionalNetwork network, List<String> classNames)
    implements AutoCloseable {
  /** The name of the built-in network, which classifies food. */
  public static final String BUILT_IN = "food";

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if there are names, but not one for each output
   */
  public ImageClassifier {
    classNames = List.copyOf(classNames);
    check(
        classNames.isEmpty() || classNames.size() == network.outputs(),
        "%d class names for the %d outputs of %s",
        classNames.size(),
        network.outputs(),
        name);
  }

  /**
   * Opens the built-in network ({@code food}) or one from a weight file. The classes have names
   * where the network is one of the homework's food classifiers.
   *
   * @param description a JSON file that lists the layers, see {@link NetworkDescription}; where it
   *     is empty, the architecture is inferred from the parameters' names
   * @throws org.pellucid.weights.UnusableFileException if a file can't be read or its parameters
   *     don't form a network
   */
  public static ImageClassifier open(String nameOrFile, Optional<Path> description) {
    try (var checkpoint =
        nameOrFile.equals(BUILT_IN)
            ? BuiltInWeights.open("food.safetensors")
            : WeightFiles.open(Path.of(nameOrFile))) {
      var parameters = new CheckpointParameters(checkpoint);
      var layers =
          description
              .map(NetworkDescription::read)
              .orElseGet(() -> NetworkBuilder.describe(parameters));
      var network = NetworkBuilder.build(layers, parameters, ElementType.FLOAT32);
      var classes = description.isEmpty() ? FoodClasses.of(network) : List.<String>of();
      return new ImageClassifier(nameOrFile, network, classes);
    }
  }

  /**
   * The name of an output's class, or its number where names are unknown.
   *
   * @throws IllegalArgumentException if the network doesn't have that output
   */
  public String className(int output) {
    check(
        output >= 0 && output < network.outputs(),
        "There is no class %d; the classes of %s are 0..%d",
        output,
        name,
        network.outputs() - 1);
    return classNames.isEmpty() ? Integer.toString(output) : classNames.get(output);
  }

  /**
   * An image as the network's input: resized without keeping the aspect ratio (antialiased
   * bilinear), grey if the network has one channel.
   *
   * @return {@code [channels, height, width]} in 0..1
   * @throws IllegalArgumentException if the network has neither one channel nor three
   */
  public float[] prepare(Image image) {
    return ImageTensors.of(image, network.inputShape());
  }

  /**
   * An image that is given as an array, resized as {@link #prepare(Image)} does.
   *
   * @param array floating-point numbers {@code [channels, height, width]}, which are taken as they
   *     are, or unsigned bytes {@code [height, width, 3]}
   * @param origin file or name of the array, for messages
   * @return {@code [channels, height, width]}
   * @throws org.pellucid.models.vision.ImageException if the array has another type or shape
   */
  public float[] prepare(NpyArray array, String origin) {
    return ImageTensors.of(array, origin, network.inputShape());
  }

  /**
   * An image file or a tensor in an {@code .npy} file as the network's input; see {@link
   * #prepare(Image)} and {@link #prepare(NpyArray, String)}.
   *
   * @return {@code [channels, height, width]}
   * @throws org.pellucid.weights.UnusableFileException if the file can't be read or holds no image
   */
  public float[] prepare(Path file) {
    return ImageTensors.read(file, network.inputShape());
  }

  @Override
  public void close() {
    network.close();
  }
}
