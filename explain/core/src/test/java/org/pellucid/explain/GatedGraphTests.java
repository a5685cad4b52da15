package org.pellucid.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.attribution.DeepLift;
import org.pellucid.explain.attribution.LayerwiseRelevance;
import org.pellucid.explain.attribution.LayerwiseRelevance.Composite;
import org.pellucid.explain.attribution.LayerwiseRelevance.Products;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.models.onnx.GraphImage;
import org.pellucid.models.onnx.OnnxImageModel;
import org.pellucid.models.onnx.OnnxModel;
import org.pellucid.models.vision.Preprocessing.ChannelOrder;
import org.pellucid.models.vision.Preprocessing.Normalisation;
import org.pellucid.testing.GraphBytes;
import org.pellucid.weights.OpenOptions;

/** Graphs with the gates of squeeze and excitation, explained by methods with backward rules. */
@Tag("numeric")
class GatedGraphTests {
  private static final Target TARGET = Target.output(1);
  private static final RunOptions RUN = RunOptions.standard();

  @TempDir Path folder;

  private static OnnxImageModel open(Path file, int side, ElementType type) {
    var model = OnnxModel.open(file, type, OpenOptions.standard());
    return new OnnxImageModel(
        model,
        GraphImage.of(model, OptionalInt.empty()),
        side,
        side,
        Optional.empty(),
        new Normalisation(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0)),
        ChannelOrder.RGB);
  }

  /** A convolution without biases whose channels are gated, as MobileNet-v3 has them. */
  private Path gated(String gate) throws IOException {
    return new GraphBytes(14)
        .constant("stem", GraphBytes.random(4 * 3 * 9, 1), 4, 3, 3, 3)
        .constant("down", GraphBytes.random(2 * 4, 2), 2, 4, 1, 1)
        .constant("up", GraphBytes.random(4 * 2, 3), 4, 2, 1, 1)
        .constant("head", GraphBytes.random(4 * 3, 4), 4, 3)
        .node("Conv", List.of("image", "stem"), List.of("features"), pads())
        .node("GlobalAveragePool", List.of("features"), "pooled")
        .node("Conv", List.of("pooled", "down"), "squeezed")
        .node("Relu", List.of("squeezed"), "rectified")
        .node("Conv", List.of("rectified", "up"), "excited")
        .node(gate, List.of("excited"), List.of("gate"), attributes(gate))
        .node("Mul", List.of("gate", "features"), "scaled")
        .node("Relu", List.of("scaled"), "active")
        .node("GlobalAveragePool", List.of("active"), "mean")
        .node("Flatten", List.of("mean"), "row")
        .node("MatMul", List.of("row", "head"), "logits")
        .input("image", 0, 3, 8, 8)
        .output("logits", 0, 3)
        .write(folder.resolve("gated.onnx"));
  }

  /** PyTorch's hard sigmoid, not ONNX's, which adds a half: a constant keeps some relevance. */
  private static Map<String, ?> attributes(String gate) {
    return gate.equals("HardSigmoid") ? Map.of("alpha", 1f / 6) : Map.of();
  }

  private static Map<String, ?> pads() {
    return Map.of("pads", new long[] {1, 1, 1, 1});
  }

  private static Values image(int side, int seed) {
    var numbers = new float[3 * side * side];
    var random = new Random(seed);
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextFloat();
    }
    return Values.of(numbers, 3, side, side);
  }

  private static Evaluator evaluator(OnnxImageModel model) {
    var isDouble = model.type() == ElementType.FLOAT64;
    return new Evaluator(isDouble ? Engine.portable() : Engine.standard(), model);
  }

  private static Explanation explained(Method method, OnnxImageModel model, int side, int seed) {
    return method.explain(evaluator(model), image(side, seed), TARGET, RUN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Sigmoid", "HardSigmoid"})
  void sumsToTheScoreAndToItsDifference(String gate) throws IOException {
    try (var model = open(gated(gate), 8, ElementType.FLOAT64)) {
      var difference = explained(DeepLift.standard(), model, 8, 1);
      assertThat(difference.quality("scoreDifference").orElseThrow()).isNotCloseTo(0, within(1e-3));
      assertThat(difference.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(1e-12));
      for (var products : Products.values()) {
        var method = LayerwiseRelevance.composite(Composite.EPSILON).withProducts(products);
        var relevance = explained(method, model, 8, 1);
        var started = relevance.quality("startRelevance").orElseThrow();
        // The stabiliser absorbs about 1e-6 of what it divides by.
        assertThat(relevance.quality("conservation").orElseThrow() / started)
            .isCloseTo(0, within(1e-4));
      }
    }
  }

  /**
   * All relevance is the signal's, so the gate's own convolutions get none: with gates that are the
   * constants they are for this image, the graph has the same relevance.
   */
  @Test
  void takesAGateForAConstant() throws IOException {
    var method = LayerwiseRelevance.composite(Composite.EPSILON);
    try (var model = open(gated("Sigmoid"), 8, ElementType.FLOAT64)) {
      var found = explained(method, model, 8, 2).values();
      var gate = evaluator(model).layerOutput("gate", image(8, 2));
      var fixed =
          new GraphBytes(14)
              .constant("stem", GraphBytes.random(4 * 3 * 9, 1), 4, 3, 3, 3)
              .constant("gate", gate.toArray(), 1, 4, 1, 1)
              .constant("head", GraphBytes.random(4 * 3, 4), 4, 3)
              .node("Conv", List.of("image", "stem"), List.of("features"), pads())
              .node("Mul", List.of("gate", "features"), "scaled")
              .node("Relu", List.of("scaled"), "active")
              .node("GlobalAveragePool", List.of("active"), "mean")
              .node("Flatten", List.of("mean"), "row")
              .node("MatMul", List.of("row", "head"), "logits")
              .input("image", 0, 3, 8, 8)
              .output("logits", 0, 3)
              .write(folder.resolve("fixed.onnx"));
      try (var other = open(fixed, 8, ElementType.FLOAT64)) {
        var expected = explained(method, other, 8, 2).values();
        // The constants are of single precision, and products of constants have a stabiliser.
        assertThat(found.toDoubles()).containsExactly(expected.toDoubles(), within(1e-5));
        assertThat(found.max()).isGreaterThan(0.01f);
      }
    }
  }

  /** EfficientNet and MobileNet-v3 as PyTorch exports them, whose biases absorb relevance. */
  @ParameterizedTest
  @ValueSource(strings = {"efficient", "mobilenet3"})
  void explainsNetworksWithGates(String name) {
    var file = Goldens.file("goldens/onnx/" + name + ".onnx");
    try (var model = open(file, 32, ElementType.FLOAT32)) {
      var difference = explained(DeepLift.standard(), model, 32, 1);
      var expected = difference.quality("scoreDifference").orElseThrow();
      assertThat(expected).isNotCloseTo(0, within(1e-4));
      // Rounding in single precision of logits below 1; measured at most 3e-8.
      assertThat(difference.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(3e-7));
      for (var composite : Composite.values()) {
        var relevance = explained(LayerwiseRelevance.composite(composite), model, 32, 1);
        assertThat(relevance.values().allFinite()).isTrue();
        assertThat(relevance.values().max() - relevance.values().min()).isPositive();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void givesTheSameInSinglePrecision(Products products) throws IOException {
    var method = LayerwiseRelevance.standard().withProducts(products);
    var file = gated("Sigmoid");
    try (var precise = open(file, 8, ElementType.FLOAT64);
        var single = open(file, 8, ElementType.FLOAT32)) {
      var expected = explained(method, precise, 8, 3).values().toDoubles();
      var found = explained(method, single, 8, 3).values().toDoubles();
      assertThat(found).containsExactly(expected, within(1e-5));
    }
  }
}
