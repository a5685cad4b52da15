package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.Goldens;
import org.pellucid.explain.Methods;
import org.pellucid.explain.attribution.LayerwiseRelevance.Composite;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Method;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.nn.NetworkBuilder;
import org.pellucid.models.nn.NetworkDescription;
import org.pellucid.models.vision.ImageTensors;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.weights.files.WeightFiles;

/** Explanations of networks beyond a row of convolutions: normalised, residual, of one channel. */
@Tag("numeric")
class DescribedNetworksTests {
  private static final String LENET =
      """
      {"inputChannels": 1, "inputHeight": 28, "inputWidth": 28, "layers": [
        {"name": "conv1", "kind": "convolution", "outputs": 6, "size": 5, "padding": 2},
        {"name": "act1", "kind": "tanh"},
        {"name": "pool1", "kind": "average-pool", "size": 2},
        {"name": "conv2", "kind": "convolution", "outputs": 16, "size": 5},
        {"name": "act2", "kind": "tanh"},
        {"name": "pool2", "kind": "average-pool", "size": 2},
        {"name": "flatten", "kind": "flatten"},
        {"name": "fc1", "kind": "linear", "outputs": 120},
        {"name": "act3", "kind": "tanh"},
        {"name": "fc2", "kind": "linear", "outputs": 84},
        {"name": "act4", "kind": "tanh"},
        {"name": "fc3", "kind": "linear", "outputs": 10}]}
      """;

  private static final String BRANCHES =
      """
      {"inputChannels": 2, "inputHeight": 8, "inputWidth": 8, %s "layers": [
        {"name": "stem", "kind": "convolution", "outputs": 4, "size": 3, "padding": 1},
        {"name": "act", "kind": "silu"},
        {"name": "wide", "kind": "convolution", "outputs": 4, "size": 3, "padding": 2,
         "dilation": 2, "groups": 2},
        {"name": "bn", "kind": "batch-norm"},
        {"name": "sum", "add": "act"},
        {"name": "leaky", "kind": "leaky-relu"},
        {"name": "pool", "kind": "max-pool", "size": 2},
        {"name": "left", "kind": "convolution", "outputs": 3, "size": 1},
        {"name": "left.act", "kind": "hard-swish"},
        {"name": "right", "kind": "convolution", "outputs": 2, "size": 3, "padding": 1,
         "input": "pool"},
        {"name": "right.act", "kind": "elu"},
        {"name": "both", "kind": "concat", "inputs": ["left.act", "right.act"]},
        {"name": "mean", "kind": "global-average-pool"},
        {"name": "fc", "kind": "linear", "outputs": 3}]}
      """;

  private static final RunOptions RUN = RunOptions.standard();

  @TempDir Path directory;

  private ConvolutionalNetwork network(String json, ElementType type) throws IOException {
    var file = Files.writeString(directory.resolve("layers.json"), json);
    return NetworkBuilder.initialise(NetworkDescription.read(file), 4, type);
  }

  private static Evaluator evaluator(ConvolutionalNetwork network) {
    return new Evaluator(
        network.type() == ElementType.FLOAT64 ? Engine.portable() : Engine.standard(), network);
  }

  private static Values image(ConvolutionalNetwork network, int seed) {
    var shape = network.inputShape();
    var numbers = new float[Math.toIntExact(shape[0] * shape[1] * shape[2])];
    var random = new Random(seed);
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextFloat();
    }
    return Values.of(numbers, shape);
  }

  private static double[] numbers(Values values) {
    var numbers = new double[values.length()];
    Arrays.setAll(numbers, values::get);
    return numbers;
  }

  private static List<Method> usual(ConvolutionalNetwork network) {
    var methods = new ArrayList<Method>();
    Methods.usual()
        .forEach(
            descriptor ->
                methods.addAll(descriptor.factory().create(descriptor.standard(), network)));
    return methods;
  }

  @Test
  void explainsALenetOfOneChannelByTheUsualMethods() throws IOException {
    try (var network = network(LENET, ElementType.FLOAT32)) {
      for (var method : usual(network)) {
        var found = method.explain(evaluator(network), image(network, 1), Target.output(3), RUN);
        var shape = found.values().shape();
        assertThat(Arrays.copyOfRange(shape, shape.length - 2, shape.length))
            .as(method.name())
            .containsExactly(28, 28);
        assertThat(found.values().allFinite()).as(method.name()).isTrue();
        assertThat(shape.length == 2 || shape[0] == 1 || method.name().contains("filters"))
            .as("%s: %s", method.name(), Arrays.toString(shape))
            .isTrue();
      }
    }
  }

  @Test
  void completesDeepLiftThroughBranches() throws IOException {
    for (var json : List.of(LENET, BRANCHES.formatted(""))) {
      try (var network = network(json, ElementType.FLOAT64)) {
        var found =
            DeepLift.standard()
                .explain(evaluator(network), image(network, 2), Target.output(1), RUN);
        // The rescale rule is exact but for the smallest differences, which float images have.
        assertThat(found.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(1e-9));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void explainsBranchesByRelevance(Composite composite) throws IOException {
    try (var network = network(BRANCHES.formatted(""), ElementType.FLOAT64)) {
      var found =
          LayerwiseRelevance.composite(composite)
              .explain(evaluator(network), image(network, 2), Target.output(1), RUN);
      assertThat(found.values().allFinite()).isTrue();
    }
  }

  @Test
  void explainsByLayersInTheMiddleOfBranches() throws IOException {
    try (var network = network(BRANCHES.formatted(""), ElementType.FLOAT64)) {
      var evaluator = evaluator(network);
      var input = image(network, 3);
      var whole = evaluator.outputs(input);
      for (var layer : network.layerNames()) {
        var at = evaluator.at(layer, input);
        var values = evaluator.layerOutput(layer, input);
        assertThat(numbers(at.outputs(values)))
            .as(layer)
            .containsExactly(numbers(whole), within(1e-6));
        var gradient = at.newBatch(1);
        values.copyTo(gradient.inputs(), 0);
        gradient.compute(Target.output(0), 1);
        assertThat(Arrays.stream(gradient.gradients()).anyMatch(g -> g != 0)).as(layer).isTrue();
      }
    }
  }

  /** A softmax at the end: DeepLIFT's sum is exact, LRP's expansion keeps some relevance. */
  @Test
  void explainsProbabilities() throws IOException {
    var json =
        BRANCHES.formatted("").replace("3}]}", "3}, {\"name\": \"p\", \"kind\": \"softmax\"}]}");
    try (var network = network(json, ElementType.FLOAT32)) {
      var input = image(network, 2);
      var difference =
          DeepLift.standard().explain(evaluator(network), input, Target.output(1), RUN);
      assertThat(difference.quality("scoreDifference").orElseThrow()).isNotCloseTo(0, within(1e-3));
      // Probabilities of single precision.
      assertThat(difference.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(1e-6));
      var relevance =
          LayerwiseRelevance.standard().explain(evaluator(network), input, Target.output(1), RUN);
      assertThat(relevance.values().max() - relevance.values().min()).isPositive();
    }
  }

  private static ConvolutionalNetwork shared(String weights, String description) {
    try (var checkpoint = WeightFiles.open(Goldens.file("cases/more/" + weights))) {
      return NetworkBuilder.build(
          NetworkDescription.read(Goldens.file("cases/more/" + description)),
          new CheckpointParameters(checkpoint),
          ElementType.FLOAT32);
    }
  }

  @Test
  void explainsANormalisedNetworkAsTheOneWithItsNormalisationFoldedIn() {
    try (var normalised = shared("C1a.safetensors", "C1m.json");
        var folded = shared("C1b.safetensors", "C1.json")) {
      var pixels = ImageTensors.read(Goldens.file("cases/more/p18.png"), normalised.inputShape());
      var input = Values.of(pixels, normalised.inputShape());
      var methods = new ArrayList<>(usual(folded));
      methods.removeIf(method -> method.name().startsWith("filters"));
      methods.add(DeepLift.standard());
      for (var composite : Composite.values()) {
        methods.add(LayerwiseRelevance.composite(composite));
      }
      for (var method : methods) {
        var actual = numbers(explain(method, normalised, input));
        var expected = numbers(explain(method, folded, input));
        var largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        // Weights were folded in single precision. LIME hides nothing of so small an image: its
        // superpixels are single pixels, and its coefficients rounding.
        assertThat(actual)
            .as(method.name())
            .containsExactly(expected, within(1e-4 * largest + 1e-12));
      }
    }
  }

  private static Values explain(Method method, ConvolutionalNetwork network, Values input) {
    return method.explain(evaluator(network), input, Target.output(1), RUN).values();
  }

  @ParameterizedTest
  @EnumSource
  void sharesRelevanceOfANormalisedImageWithPaddingToo(Composite composite) throws IOException {
    var constants = "\"mean\": [0.4, 0.6], \"std\": [0.5, 0.25],";
    try (var network = network(BRANCHES.formatted(constants), ElementType.FLOAT64)) {
      var found =
          LayerwiseRelevance.composite(composite)
              .explain(evaluator(network), image(network, 2), Target.output(1), RUN);
      assertThat(found.values().allFinite()).isTrue();
    }
  }
}
