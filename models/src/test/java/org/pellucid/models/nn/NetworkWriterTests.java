package org.pellucid.models.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.ops.CrossEntropy;
import org.pellucid.engine.ops.Mean;
import org.pellucid.engine.optim.Adam;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.nn.ConvolutionalNetwork.NamedLayer;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.weights.files.WeightFiles;

/** Networks of one's own: initialised, trained, saved as PyTorch does, and loaded again. */
class NetworkWriterTests {
  private static final String GREY =
      """
      {"inputChannels": 1, "inputHeight": 28, "inputWidth": 28, "layers": [
        {"name": "cnn.0", "kind": "convolution", "outputs": 8, "size": 3, "stride": 2},
        {"name": "cnn.1", "kind": "batch-norm", "epsilon": 1e-3},
        {"name": "cnn.2", "kind": "relu"},
        {"name": "cnn.3", "kind": "max-pool", "size": 3, "stride": 2, "padding": 1},
        {"name": "flatten", "kind": "flatten"},
        {"name": "fc.0", "kind": "linear", "outputs": 16},
        {"name": "fc.1", "kind": "relu"},
        {"name": "fc.2", "kind": "dropout", "probability": 0.25},
        {"name": "fc.3", "kind": "linear", "outputs": 10}]}
      """;

  @TempDir Path directory;

  private NetworkDescription grey() throws IOException {
    return NetworkDescription.read(Files.writeString(directory.resolve("layers.json"), GREY));
  }

  private static Tensor images() {
    var values =
        IntStream.range(0, 4 * 28 * 28)
            .mapToDouble(i -> Math.sin(0.1 * i * (1 + i / 784)))
            .toArray();
    var images = Tensor.uninitialised(ElementType.FLOAT32, 4, 1, 28, 28);
    images.set(values);
    return images;
  }

  /** Moves all parameters and running statistics away from where they began. */
  private static void train(ConvolutionalNetwork network, List<Double> losses) {
    var engine = Engine.standard();
    var parameters = network.parameters().toList();
    try (var adam = new Adam(engine, AdamSettings.of(0.01), parameters);
        var images = images();
        var targets = Tensor.of(new int[] {3, 1, 4, 1}, 4)) {
      for (var step = 0; step < 30; step++) {
        try (var tape = new Tape(engine)) {
          parameters.forEach(tape::watch);
          var logits = network.train(tape, images, step);
          var loss = Mean.apply(tape, CrossEntropy.apply(tape, logits, targets));
          losses.add(loss.item());
          adam.step(tape.gradient(loss, parameters.toArray(Tensor[]::new)));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"own.safetensors", "own.pth"})
  void loadsAOneChannelNetworkBitForBit(String name) throws IOException {
    var file = directory.resolve(name);
    var layers = directory.resolve("saved.json");
    var losses = new ArrayList<Double>();
    try (var network = NetworkBuilder.initialise(grey(), 5, ElementType.FLOAT32);
        var images = images();
        var tape = new Tape()) {
      train(network, losses);
      assertThat(losses.getLast()).isLessThan(losses.getFirst() / 2);
      NetworkWriter.write(network, file);
      network.description().write(layers);
      try (var checkpoint = WeightFiles.open(file)) {
        assertThat(checkpoint.tensor("cnn.0.weight").info().shape()).containsExactly(8, 1, 3, 3);
        assertThat(checkpoint.tensor("fc.0.weight").info().shape()).containsExactly(16, 8 * 49);
        assertThat(checkpoint.names()).contains("cnn.1.running_var", "fc.3.bias").hasSize(10);
        try (var loaded =
            NetworkBuilder.build(
                NetworkDescription.read(layers),
                new CheckpointParameters(checkpoint),
                ElementType.FLOAT32)) {
          assertThat(loaded.inputShape()).containsExactly(1, 28, 28);
          assertThat(loaded.description()).isEqualTo(network.description());
          assertEqual(loaded, network);
          assertThat(loaded.forward(tape, images).toFloats())
              .containsExactly(network.forward(tape, images).toFloats());
        }
      }
    }
  }

  private static void assertEqual(ConvolutionalNetwork actual, ConvolutionalNetwork expected) {
    var tensors = NetworkTensors.of(expected);
    NetworkTensors.of(actual)
        .forEach(
            (name, tensor) ->
                assertThat(tensor.toFloats())
                    .as(name)
                    .containsExactly(tensors.get(name).toFloats()));
  }

  @Test
  void writesPyTorchsLayouts() throws IOException {
    var file = directory.resolve("own.safetensors");
    try (var network = NetworkBuilder.initialise(grey(), 0, ElementType.FLOAT32)) {
      NetworkWriter.write(network, file);
      var kernel = ((Layer.Convolution2d) network.layers().getFirst().layer()).weight();
      var linear = ((Layer.Linear) network.layers().get(5).layer()).weight();
      try (var checkpoint = WeightFiles.open(file)) {
        var saved = checkpoint.tensor("cnn.0.weight").toFloats();
        // [filter 1, channel 0, row 0, column 2] here is [row 0, column 2, channel 0, filter 1].
        assertThat(saved[9 + 2]).isEqualTo(kernel.toFloats()[2 * 8 + 1]);
        var flat = checkpoint.tensor("fc.0.weight").toFloats();
        // [output 2, channel 3 · 49 + pixel 5] here is [output 2, pixel 5 · 8 + channel 3].
        assertThat(flat[2 * 392 + 3 * 49 + 5]).isEqualTo(linear.toFloats()[2 * 392 + 5 * 8 + 3]);
      }
    }
  }

  @Test
  void drawsPyTorchsDistributionBySeed() throws IOException {
    try (var network = NetworkBuilder.initialise(grey(), 7, ElementType.FLOAT32);
        var same = NetworkBuilder.initialise(grey(), 7, ElementType.FLOAT32);
        var other = NetworkBuilder.initialise(grey(), 8, ElementType.FLOAT32)) {
      assertEqual(same, network);
      var weight = NetworkTensors.of(network).get("fc.0.weight").toDoubles();
      assertThat(NetworkTensors.of(other).get("fc.0.weight").toDoubles()).isNotEqualTo(weight);
      var bound = 1 / Math.sqrt(392);
      assertThat(Arrays.stream(weight).map(Math::abs).max().orElseThrow())
          .isBetween(0.99 * bound, bound);
      // Of 6272 uniform numbers the standard error of the mean square is a hundredth of it.
      assertThat(Arrays.stream(weight).map(w -> w * w).average().orElseThrow())
          .isCloseTo(bound * bound / 3, within(0.05 * bound * bound / 3));
      assertThat(NetworkTensors.of(network).get("cnn.1.running_var").toFloats()).containsOnly(1);
    }
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                NetworkBuilder.initialise(
                    NetworkDescription.read(
                        Files.writeString(
                            directory.resolve("layers.json"),
                            GREY.replace("\"outputs\": 8, ", ""))),
                    0,
                    ElementType.FLOAT32))
        .withMessage("cnn.0 can't be initialised without outputs in its description.");
    try (var network = NetworkBuilder.initialise(grey(), 0, ElementType.FLOAT32)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NetworkWriter.write(network, directory.resolve("own.h5")))
          .withMessageContaining("must be named *.safetensors");
      var last = network.layers().getLast();
      var fused =
          new ConvolutionalNetwork(
              List.of(new NamedLayer("drop", new Layer.Dropout(0)), last), 16, 1, 1);
      assertThatIllegalArgumentException()
          .isThrownBy(fused::description)
          .withMessageContaining("drop can't be described");
    }
  }
}
