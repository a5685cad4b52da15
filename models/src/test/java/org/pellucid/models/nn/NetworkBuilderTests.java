package org.pellucid.models.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.ops.BatchNorm;
import org.pellucid.engine.ops.Convolution2d;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.MaxPool2d;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.Taps;
import org.pellucid.models.nn.ConvolutionalNetwork.NamedLayer;

@Tag("numeric")
class NetworkBuilderTests {

  /** Random parameters of given shapes. */
  private record Parameters(LinkedHashMap<String, long[]> shapes) implements ParameterSource {
    Parameters() {
      this(new LinkedHashMap<>());
    }

    Parameters convolution(String name, int filters, int channels) {
      shapes.put(name + ".weight", new long[] {filters, channels, 3, 3});
      shapes.put(name + ".bias", new long[] {filters});
      return this;
    }

    Parameters norm(String name, int channels) {
      for (var part : List.of("weight", "bias", "running_mean", "running_var")) {
        shapes.put(name + "." + part, new long[] {channels});
      }
      shapes.put(name + ".num_batches_tracked", new long[0]);
      return this;
    }

    Parameters linear(String name, int outputs, int inputs) {
      shapes.put(name + ".weight", new long[] {outputs, inputs});
      shapes.put(name + ".bias", new long[] {outputs});
      return this;
    }

    @Override
    public SequencedSet<String> names() {
      return shapes.sequencedKeySet();
    }

    @Override
    public long[] shape(String name) {
      return shapes.get(name);
    }

    @Override
    public float[] floats(String name) {
      var random = new Random(name.hashCode());
      var size = (int) Arrays.stream(shapes.get(name)).reduce(1, (a, b) -> a * b);
      var values = new float[size];
      for (var i = 0; i < size; i++) {
        values[i] = 0.1f + 0.2f * random.nextFloat();
      }
      return values;
    }

    @Override
    public String origin() {
      return "the test";
    }
  }

  private static List<String> poolings(NetworkDescription description) {
    var poolings = new ArrayList<String>();
    for (var layer : description.layers()) {
      if (layer.kind() instanceof LayerKind.MaxPool(var window)) {
        poolings.add(layer.name() + "x" + window.height());
      }
    }
    return poolings;
  }

  @Test
  void recognisesTheSampleNetworkOf2022() {
    var parameters = new Parameters();
    var channels = new int[] {3, 64, 128, 256, 512, 512};
    for (var i = 0; i < 5; i++) {
      parameters.convolution("cnn." + 4 * i, channels[i + 1], channels[i]);
      parameters.norm("cnn." + (4 * i + 1), channels[i + 1]);
    }
    parameters.linear("fc.0", 1024, 8192).linear("fc.2", 512, 1024).linear("fc.4", 11, 512);
    var description = NetworkBuilder.describe(parameters);
    assertThat(description.inputHeight()).isEqualTo(128);
    assertThat(poolings(description))
        .containsExactly("cnn.3x2", "cnn.7x2", "cnn.11x2", "cnn.15x2", "cnn.19x2");
    assertThat(description.layers().getLast().name()).isEqualTo("fc.4");
  }

  @Test
  void recognisesTheSampleNetworkOf2021WithItsLargerLastPooling() {
    var parameters = new Parameters();
    var channels = new int[] {3, 64, 128, 256};
    for (var i = 0; i < 3; i++) {
      parameters.convolution("cnn_layers." + 4 * i, channels[i + 1], channels[i]);
      parameters.norm("cnn_layers." + (4 * i + 1), channels[i + 1]);
    }
    parameters
        .linear("fc_layers.0", 256, 256 * 64)
        .linear("fc_layers.2", 256, 256)
        .linear("fc_layers.4", 11, 256);
    var description = NetworkBuilder.describe(parameters);
    assertThat(description.inputHeight()).isEqualTo(128);
    assertThat(poolings(description))
        .containsExactly("cnn_layers.3x2", "cnn_layers.7x2", "cnn_layers.11x4");
  }

  private static Parameters small() {
    return new Parameters().convolution("cnn.0", 4, 3).norm("cnn.1", 4).linear("fc.0", 2, 16);
  }

  @Test
  void foldsWithoutChangingTheAnswer() {
    Taps all = layer -> true;
    var values = IntStream.range(0, 48).mapToDouble(i -> Math.sin(i)).toArray();
    var parameters = small();
    try (var network =
            NetworkBuilder.build(
                NetworkBuilder.describe(parameters), parameters, ElementType.FLOAT64);
        var x = Tensor.of(values, 1, 3, 4, 4);
        var tape = new Tape(Engine.portable())) {
      var folded = network.forward(tape, x).toDoubles();
      var separate = network.forward(tape, x, all).toDoubles();
      for (var i = 0; i < folded.length; i++) {
        assertThat(folded[i]).isCloseTo(separate[i], within(1e-12));
      }
    }
  }

  @Test
  void foldsNothingWhereTheBackwardStepOfConvolutionsIsReplaced() {
    var parameters = small();
    try (var network =
            NetworkBuilder.build(
                NetworkBuilder.describe(parameters), parameters, ElementType.FLOAT64);
        var x = Tensor.of(new double[48], 1, 3, 4, 4);
        var tape = new Tape(Engine.portable())) {
      var own = network.parameters().toList();
      var seen = new ArrayList<Tensor>();
      tape.watch(x);
      tape.replaceBackward(
          Convolution2d.class,
          (operation, backward) -> {
            seen.add(backward.input(1));
            operation.backward(backward);
          });
      tape.gradient(network.forward(tape, x), x);
      assertThat(seen).singleElement().isSameAs(own.getFirst());
    }
  }

  private static Parameters twoBlocks() {
    return new Parameters()
        .convolution("cnn.0", 4, 3)
        .norm("cnn.1", 4)
        .convolution("cnn.4", 4, 4)
        .norm("cnn.5", 4)
        .linear("fc.0", 2, 16);
  }

  @ParameterizedTest
  @ValueSource(strings = {"cnn.4", "cnn.5", "cnn.6"})
  void followsARuleForOneLayerOfAStep(String ruled) {
    var parameters = twoBlocks();
    var kinds = Map.of("cnn.4", Convolution2d.class, "cnn.5", BatchNorm.class, "cnn.6", Relu.class);
    var seen = new ArrayList<String>();
    try (var network =
            NetworkBuilder.build(
                NetworkBuilder.describe(parameters), parameters, ElementType.FLOAT64);
        var x = Tensor.of(new double[48 * 4], 1, 3, 8, 8);
        var tape = new Tape(Engine.portable())) {
      tape.watch(x);
      var expected = tape.gradient(network.forward(tape, x), x).of(x).toDoubles();
      note(tape, ruled::equals, kinds.get(ruled), seen);
      var gradient = tape.gradient(network.forward(tape, x), x).of(x).toDoubles();
      assertThat(seen).containsExactly(ruled + " " + kinds.get(ruled).getSimpleName());
      // Folded and separate weights differ by rounding alone.
      assertThat(gradient).containsExactly(expected, within(1e-12));
      assertThat(tape.layer()).isEmpty();
    }
  }

  @Test
  void namesAFoldedStepAfterItsLastLayer() {
    var parameters = twoBlocks();
    var seen = new ArrayList<String>();
    try (var network =
            NetworkBuilder.build(
                NetworkBuilder.describe(parameters), parameters, ElementType.FLOAT64);
        var x = Tensor.of(new double[48 * 4], 1, 3, 8, 8);
        var tape = new Tape(Engine.portable())) {
      tape.watch(x);
      note(tape, _ -> true, MaxPool2d.class, seen);
      note(tape, _ -> true, Linear.class, seen);
      note(tape, "cnn.0"::equals, Convolution2d.class, seen);
      note(tape, layer -> !layer.startsWith("cnn"), Convolution2d.class, seen);
      tape.gradient(network.forward(tape, x), x);
      assertThat(seen)
          .containsExactly(
              "fc.0 Linear", "cnn.7 MaxPool2d", "cnn.3 MaxPool2d", "cnn.0 Convolution2d");
    }
  }

  @Test
  void callsARuleOnTheReluOfAConvolutionInAnOwnNetwork() {
    var seen = new ArrayList<String>();
    try (var weight = Tensor.of(new double[] {1, 1, 1}, 1, 1, 3, 1);
        var bias = Tensor.of(new double[] {0}, 1);
        var dense = Tensor.of(new double[] {1, 2, 3, 4}, 1, 4);
        var x = Tensor.of(new double[12], 1, 3, 2, 2);
        var tape = new Tape(Engine.portable())) {
      var layers =
          List.of(
              new NamedLayer(
                  "conv",
                  new Layer.Convolution2d(
                      weight, bias, SlidingWindow.square(1, 1, 0), Rectifier.RELU)),
              new NamedLayer("flat", new Layer.Flatten()),
              new NamedLayer("out", new Layer.Linear(dense, bias)));
      tape.watch(x);
      note(tape, _ -> true, Relu.class, seen);
      tape.gradient(new ConvolutionalNetwork(layers, 3, 2, 2).forward(tape, x), x);
      assertThat(seen).containsExactly("conv Relu");
    }
  }

  private static <O extends Operation> void note(
      Tape tape, Predicate<String> layers, Class<O> kind, List<String> seen) {
    tape.replaceBackward(
        layers,
        kind,
        (operation, backward) -> {
          seen.add(backward.layer() + " " + operation.name());
          operation.backward(backward);
        });
  }

  @Test
  void letsADescriptionOverrideWhatTheNamesTell(@TempDir Path directory) throws Exception {
    var file = directory.resolve("layers.json");
    Files.writeString(
        file,
        """
        {"inputHeight": 2, "inputWidth": 2, "layers": [
          {"name": "cnn.0", "kind": "convolution", "stride": 1, "padding": 1},
          {"name": "cnn.1", "kind": "batch-norm"},
          {"name": "flatten", "kind": "flatten"},
          {"name": "fc.0", "kind": "linear"}]}
        """);
    var description = NetworkDescription.read(file);
    try (var network = NetworkBuilder.build(description, small(), ElementType.FLOAT32)) {
      assertThat(network.layerNames()).containsExactly("cnn.0", "cnn.1", "flatten", "fc.0");
      assertThat(network.inputShape()[1]).isEqualTo(2);
    }
    Files.writeString(file, "{\"inputHeight\": 2}");
    assertThatThrownBy(() -> NetworkDescription.read(file))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining(
            "layers.json is not a network description: A network's description lists no layers.");
  }

  @Test
  void saysWhichParameterIsMissingSuperfluousOrMisshapen() {
    var missing = small();
    missing.shapes().remove("cnn.1.running_var");
    assertThatThrownBy(() -> NetworkBuilder.build(missing))
        .isInstanceOf(ModelFileException.class)
        .hasMessage("the test lacks the parameter cnn.1.running_var.");
    var superfluous = small();
    superfluous.shapes().put("cnn.0.scale", new long[] {4});
    assertThatThrownBy(() -> NetworkBuilder.build(superfluous))
        .hasMessageContaining("doesn't have: [cnn.0.scale]");
    var misshapen = small();
    misshapen.shapes().put("cnn.0.bias", new long[] {5});
    assertThatThrownBy(() -> NetworkBuilder.build(misshapen))
        .hasMessage("cnn.0.bias in the test has the shape [5] where [4] is needed.");
    var unnumbered = new Parameters(new LinkedHashMap<>(Map.of("stem.weight", new long[] {1})));
    assertThatThrownBy(() -> NetworkBuilder.build(unnumbered))
        .hasMessage(
            "The parameter stem.weight in the test has no layer number; describe its layers in a"
                + " file and give that as --network (see docs/networks.md).");
  }
}
