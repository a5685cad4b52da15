package org.pellucid.models.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.testing.GraphBytes;
import org.pellucid.weights.OpenOptions;

/** What graphs learnt, and copies of them with random numbers in its place. */
@Tag("numeric")
class GraphParametersTests {
  private static final List<String> LAYERS = List.of("conv", "norm", "hidden", "standard", "y");

  @TempDir Path folder;

  /**
   * An image minus its mean, a convolution with its normalisation, a product whose weights are
   * transposed in the graph and whose bias is added afterwards, a layer normalisation written out,
   * and a fully connected layer.
   */
  private Path network() throws IOException {
    return new GraphBytes(13)
        .constant("mean", GraphBytes.random(2, 1), 1, 2, 1, 1)
        .constant("kernel", GraphBytes.random(3 * 2 * 9, 2), 3, 2, 3, 3)
        .constant("offset", GraphBytes.random(3, 3), 3)
        .constant("gamma", new float[] {2, -1, 0.5f}, 3)
        .constant("beta", GraphBytes.random(3, 4), 3)
        .constant("mu", GraphBytes.random(3, 5), 3)
        .constant("variance", new float[] {0.5f, 2, 1}, 3)
        .constant("weights", GraphBytes.random(4 * 3, 6), 4, 3)
        .constant("bias", GraphBytes.random(4, 7), 4)
        .constant("scale", GraphBytes.random(4, 8), 4)
        .constant("shift", GraphBytes.random(4, 9), 4)
        .constant("two", new float[] {2})
        .constant("epsilon", new float[] {1e-5f})
        .constant("last", GraphBytes.random(2 * 4, 10), 2, 4)
        .constant("lastBias", GraphBytes.random(2, 11), 2)
        .node("Sub", List.of("x", "mean"), "centred")
        .node("Conv", List.of("centred", "kernel", "offset"), "conv")
        .node("BatchNormalization", List.of("conv", "gamma", "beta", "mu", "variance"), "norm")
        .node("Relu", List.of("norm"), "relu")
        .node("GlobalAveragePool", List.of("relu"), "pooled")
        .node("Flatten", List.of("pooled"), "row")
        .node("Transpose", List.of("weights"), "turned")
        .node("MatMul", List.of("row", "turned"), "hidden")
        .node("Add", List.of("hidden", "bias"), "sum")
        .node("ReduceMean", List.of("sum"), List.of("average"), overLast())
        .node("Sub", List.of("sum", "average"), "difference")
        .node("Pow", List.of("difference", "two"), "square")
        .node("ReduceMean", List.of("square"), List.of("spread"), overLast())
        .node("Add", List.of("spread", "epsilon"), "stable")
        .node("Sqrt", List.of("stable"), "deviation")
        .node("Div", List.of("difference", "deviation"), "quotient")
        .node("Mul", List.of("quotient", "scale"), "scaled")
        .node("Add", List.of("scaled", "shift"), "standard")
        .node("Tanh", List.of("standard"), "bent")
        .node("Gemm", List.of("bent", "last", "lastBias"), "y", "transB", 1)
        .input("x", 0, 2, 5, 5)
        .output("y", 0, 2)
        .write(folder.resolve("network.onnx"));
  }

  private static Map<String, ?> overLast() {
    return Map.of("axes", new long[] {-1});
  }

  private static OnnxModel open(Path file) {
    return OnnxModel.open(file, ElementType.FLOAT64, OpenOptions.standard());
  }

  private static Map<String, NumericArray> input() {
    return Map.of("x", NumericArray.of(GraphBytes.random(2 * 25, 12), 1, 2, 5, 5));
  }

  private static double[] value(OnnxModel model, String name) {
    return model.values(Engine.portable(), input(), List.of(name)).get(name).values();
  }

  private static GraphParameters parameters(OnnxModel model) {
    return GraphParameters.between(model, "x", List.of("y"));
  }

  private static OnnxModel randomised(OnnxModel model, long seed, String... layers) {
    return parameters(model).randomised(Set.of(layers), Initialisation.PYTORCH, seed);
  }

  private static double[] constant(OnnxModel model, String name) {
    return model.program().constant(name).orElseThrow().values();
  }

  @Test
  void namesTheLayersWithParameters() throws IOException {
    try (var model = open(network())) {
      assertThat(parameters(model).layers()).isEqualTo(LAYERS);
      assertThat(GraphParameters.between(model, "row", List.of("y")).layers())
          .containsExactly("hidden", "standard", "y");
      assertThat(GraphParameters.between(model, "x", List.of("relu")).layers())
          .containsExactly("conv", "norm");
      assertThat(GraphParameters.between(model, "norm", List.of("relu")).layers()).isEmpty();
    }
  }

  @Test
  void copiesWhatStaysAndOutlivesTheOriginal() throws IOException {
    var model = open(network());
    var expected = value(model, "y");
    try (var copy = randomised(model, 1)) {
      model.close();
      model.close();
      assertThat(value(copy, "y")).isEqualTo(expected);
    }
  }

  @Test
  void drawsALayersParametersAloneAndBySeed() throws IOException {
    try (var model = open(network());
        var one = randomised(model, 1, "hidden");
        var again = randomised(model, 1, "hidden");
        var both = randomised(model, 1, "hidden", "conv");
        var other = randomised(model, 2, "hidden");
        var chained = randomised(both, 1, "hidden")) {
      var trained = value(model, "y");
      for (var unchanged : List.of("conv", "norm", "row")) {
        assertThat(value(one, unchanged)).isEqualTo(value(model, unchanged));
      }
      assertThat(value(one, "hidden")).isNotEqualTo(value(model, "hidden"));
      assertThat(value(again, "y")).isEqualTo(value(one, "y")).isNotEqualTo(trained);
      assertThat(constant(both, "weights (random)")).isEqualTo(constant(one, "weights (random)"));
      assertThat(value(both, "conv")).isNotEqualTo(value(model, "conv"));
      assertThat(value(other, "y")).isNotEqualTo(value(one, "y"));
      assertThat(value(chained, "y")).isEqualTo(value(both, "y"));
      assertThat(value(model, "y")).isEqualTo(trained);
    }
  }

  /** Uniform in ±1/√inputs, and normalisations the identity. */
  @Test
  void distributesParametersAsPyTorchDoes() throws IOException {
    try (var model = open(network());
        var all = randomised(model, 3, LAYERS.toArray(String[]::new))) {
      checkUniform(constant(all, "kernel (random)"), 18);
      checkUniform(constant(all, "offset (random)"), 18);
      checkUniform(constant(all, "weights (random)"), 3);
      checkUniform(constant(all, "bias (random)"), 3);
      checkUniform(constant(all, "last (random)"), 4);
      checkUniform(constant(all, "lastBias (random)"), 4);
      for (var name : List.of("gamma", "variance", "scale")) {
        assertThat(constant(all, name + " (random)")).containsOnly(1);
      }
      for (var name : List.of("beta", "mu", "shift")) {
        assertThat(constant(all, name + " (random)")).containsOnly(0);
      }
    }
  }

  private static void checkUniform(double[] drawn, int inputs) {
    var bound = 1 / Math.sqrt(inputs);
    var largest = Arrays.stream(drawn).map(Math::abs).max().orElseThrow();
    // Of two numbers the larger one is below a fifth of the bound once in 25 seeds; this isn't one.
    assertThat(largest).isBetween(0.2 * bound, bound);
    assertThat(drawn).doesNotHaveDuplicates();
  }

  @Test
  void distributesParametersAsThoseOfBert() throws IOException {
    try (var model = open(network());
        var all = parameters(model).randomised(Set.copyOf(LAYERS), Initialisation.BERT, 3)) {
      var weights = constant(all, "kernel (random)");
      var square = Arrays.stream(weights).map(value -> value * value).average().orElseThrow();
      assertThat(Math.sqrt(square)).isCloseTo(0.02, within(0.006));
      assertThat(constant(all, "offset (random)")).containsOnly(0);
      assertThat(constant(all, "bias (random)")).containsOnly(0);
      assertThat(constant(all, "gamma (random)")).containsOnly(1);
    }
  }

  /**
   * A random convolution is normalised by what its normalisation learnt, although the run folds one
   * into the other.
   */
  @Test
  void drawsBeforeNormalisationsAreFolded() throws IOException {
    try (var model = open(network());
        var random = randomised(model, 4, "conv")) {
      var folded = value(random, "relu");
      var convolved = value(random, "conv");
      var gamma = constant(model, "gamma");
      var beta = constant(model, "beta");
      var mu = constant(model, "mu");
      var variance = constant(model, "variance");
      var expected = new double[convolved.length];
      Arrays.setAll(
          expected,
          i -> {
            var k = i / 9;
            var deviation = Math.sqrt(variance[k] + 1e-5);
            return Math.max(0, gamma[k] * (convolved[i] - mu[k]) / deviation + beta[k]);
          });
      assertThat(folded).containsExactly(expected, within(1e-12));
    }
  }

  /** Weights of two layers, of a table and of the last product by one name. */
  @Test
  void drawsSharedWeightsOnceAndLeavesTables() throws IOException {
    var file =
        new GraphBytes(13)
            .constant("words", GraphBytes.random(3 * 3, 1), 3, 3)
            .constant("shared", GraphBytes.random(3 * 3, 2), 3, 3)
            .node("Gather", List.of("words", "ids"), "embedded")
            .node("Transpose", List.of("shared"), "first")
            .node("MatMul", List.of("embedded", "first"), "one")
            .node("Tanh", List.of("one"), "bent")
            .node("Transpose", List.of("shared"), "second")
            .node("MatMul", List.of("bent", "second"), "two")
            .node("Gemm", List.of("two", "words"), "logits", "transB", 1)
            .wholeInput("ids", 0)
            .output("logits", 0, 3)
            .write(folder.resolve("tied.onnx"));
    var ids = Map.of("ids", NumericArray.of(new long[] {2, 0}, 2));
    try (var model = open(file)) {
      var parameters = GraphParameters.between(model, "embedded", List.of("logits"));
      assertThat(parameters.layers()).containsExactly("one", "logits");
      try (var random = parameters.randomised(Set.of("one", "logits"), Initialisation.PYTORCH, 1)) {
        var names = List.of("embedded", "one", "two", "logits");
        var trained = model.values(Engine.portable(), ids, names);
        var found = random.values(Engine.portable(), ids, names);
        assertThat(found.get("embedded").values()).isEqualTo(trained.get("embedded").values());
        var weights = constant(random, "shared (random)");
        assertThat(found.get("one").values())
            .containsExactly(product(found.get("embedded").values(), weights), within(1e-12));
        var bent = Arrays.stream(found.get("one").values()).map(Math::tanh).toArray();
        assertThat(found.get("two").values())
            .containsExactly(product(bent, weights), within(1e-12));
        var table = constant(random, "words (random)");
        assertThat(table).isNotEqualTo(constant(model, "words"));
        assertThat(found.get("logits").values())
            .containsExactly(product(found.get("two").values(), table), within(1e-12));
      }
    }
  }

  /** Rows of three numbers times a transposed matrix. */
  private static double[] product(double[] rows, double[] matrix) {
    var result = new double[rows.length];
    for (var i = 0; i < rows.length; i++) {
      for (var k = 0; k < 3; k++) {
        result[i] += rows[i / 3 * 3 + k] * matrix[i % 3 * 3 + k];
      }
    }
    return result;
  }

  @Test
  void isRandomAsAFunction() throws IOException {
    try (var model = open(network())) {
      var function = new OnnxFunction(model, Engine.portable(), "x", "y", input());
      assertThat(function.layersWithParameters()).isEqualTo(LAYERS);
      try (var copy = function.randomised(Set.of("y"), 5);
          var other = randomised(model, 5, "y")) {
        assertThat(value(copy.model(), "y")).isEqualTo(value(other, "y"));
      }
      function.close();
      assertThat(value(model, "y")).hasSize(2);
    }
  }

  @Test
  void refusesLayersWithoutParameters() throws IOException {
    try (var model = open(network())) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> randomised(model, 1, "relu"))
          .withMessageContaining(
              "no layer relu with parameters; those that have some are conv, norm, hidden");
    }
  }
}
