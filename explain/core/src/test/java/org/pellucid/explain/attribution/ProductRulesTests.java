package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.engine.tensor.ElementType.FLOAT64;
import static org.pellucid.explain.attribution.SmallNetworks.evaluator;
import static org.pellucid.explain.attribution.SmallNetworks.random;

import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Elementwise;
import org.pellucid.engine.ops.Gelu;
import org.pellucid.engine.ops.HardSigmoid;
import org.pellucid.engine.ops.LayerNorm;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Mean;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.Relu6;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Sigmoid;
import org.pellucid.engine.ops.Silu;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.ops.Sum;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.attribution.LayerwiseRelevance.Composite;
import org.pellucid.explain.attribution.LayerwiseRelevance.Products;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;

/** Products of two values that both depend on the input. */
class ProductRulesTests {
  private static final Target TARGET = Target.output(0);
  private static final RunOptions RUN = RunOptions.standard();
  private static final Method EPSILON = LayerwiseRelevance.composite(Composite.EPSILON);
  private static final Method HALVES =
      LayerwiseRelevance.composite(Composite.EPSILON).withProducts(Products.UNIFORM);

  private static Tensor linear(Tape tape, Tensor x, double... weights) {
    var inputs = Math.toIntExact(x.size(1));
    var outputs = weights.length / inputs;
    return Linear.apply(
        tape, x, Tensor.of(weights, outputs, inputs), Tensor.zeros(FLOAT64, outputs));
  }

  private static Explanation explained(
      Method method, BiFunction<Tape, Tensor, Tensor> body, float... input) {
    var model = new SmallNetworks.Function(FLOAT64, input.length, 1, body::apply);
    return method.explain(evaluator(model), Values.of(input, input.length), TARGET, RUN);
  }

  private static double[] map(
      Method method, BiFunction<Tape, Tensor, Tensor> body, float... input) {
    return explained(method, body, input).values().toDoubles();
  }

  /** With a = x + 2y and b = 3x − y: from (1, 1) to (2, 5), a goes from 3 to 12, b from 2 to 1. */
  @Test
  void sharesADifferenceByTheMeanOfBothOrders() {
    var origin = new Baseline.Given(Values.of(new float[] {1, 1}, 2));
    var found =
        explained(
            new DeepLift(origin),
            (tape, x) -> Multiply.apply(tape, linear(tape, x, 1, 2), linear(tape, x, 3, -1)),
            2,
            5);
    // The multiplier of a is (1 + 2) / 2, that of b (12 + 3) / 2.
    assertThat(found.values().toDoubles())
        .containsExactly(new double[] {1.5 + 3 * 7.5, 4 * (2 * 1.5 - 7.5)}, within(1e-6));
    assertThat(found.quality("scoreDifference").orElseThrow()).isEqualTo(12 - 6);
    assertThat(found.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(1e-12));
  }

  @Test
  void sharesTheDifferencesOfASquareAndOfAProductOfMatrices() {
    var origin = new Baseline.Given(Values.of(new float[] {3, -1, 0.5f, 2}, 4));
    var deepLift = new DeepLift(origin);
    BiFunction<Tape, Tensor, Tensor> squares =
        (tape, x) -> Sum.apply(tape, Multiply.apply(tape, x, x), 1);
    assertThat(map(deepLift, squares, 1, 2, 3, 4))
        .containsExactly(new double[] {1 - 9, 4 - 1, 9 - 0.25, 16 - 4}, within(1e-6));
    BiFunction<Tape, Tensor, Tensor> matrices =
        (tape, x) -> {
          var a = Reshape.apply(tape, x, x.size(0), 2, 2);
          var product = MatMul.apply(tape, a, false, Relu.apply(tape, a), true);
          return Sum.apply(tape, Reshape.apply(tape, product, x.size(0), 4), 1);
        };
    var found = explained(deepLift, matrices, 1, -2, 3, 4);
    assertThat(found.quality("scoreDifference").orElseThrow()).isNotCloseTo(0, within(1.0));
    assertThat(found.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(1e-12));
  }

  /** A product of x and its sigmoid is the SiLU by another name. */
  @Test
  void explainsAFunctionWrittenAsAProductAsItself() {
    BiFunction<Tape, Tensor, Tensor> product =
        (tape, x) -> {
          var inner = linear(tape, x, 1, -2, 0.5, 3);
          return linear(tape, Multiply.apply(tape, inner, Sigmoid.apply(tape, inner)), 1, -1);
        };
    BiFunction<Tape, Tensor, Tensor> silu =
        (tape, x) -> linear(tape, Silu.apply(tape, linear(tape, x, 1, -2, 0.5, 3)), 1, -1);
    assertThat(map(EPSILON, product, 0.7f, -0.4f))
        .containsExactly(map(EPSILON, silu, 0.7f, -0.4f), within(1e-9));
    assertThat(map(DeepLift.standard(), product, 0.7f, -0.4f))
        .containsExactly(map(DeepLift.standard(), silu, 0.7f, -0.4f), within(1e-9));
  }

  /** {@code [batch, 2 · 2 pixels · 2 channels]}, with a gate for each channel of all pixels. */
  private static Tensor squeezeAndExcitation(Tape tape, Tensor x) {
    var image = Reshape.apply(tape, x, x.size(0), 2, 2, 2);
    var pooled = Reshape.apply(tape, Mean.apply(tape, image, 1, 2), x.size(0), 2);
    var inner = Relu.apply(tape, linear(tape, pooled, 1, 0.5, -0.5, 1, 2, 1));
    var gate = Sigmoid.apply(tape, linear(tape, inner, 1, -2, 0.3, 0.2, 1, -1));
    var gated = Multiply.apply(tape, image, Reshape.apply(tape, gate, x.size(0), 1, 1, 2));
    return linear(tape, Reshape.apply(tape, gated, x.size(0), 8), 1, -0.5, 0.2, 2, -1, 0.4, 0.7, 1);
  }

  private static final float[] IMAGE = {0.3f, -1, 2, 0.5f, 1.5f, 0.25f, -0.75f, 1};

  @Test
  void sharesTheDifferenceOfAGateThatIsSpreadOverPixels() {
    var found = explained(DeepLift.standard(), ProductRulesTests::squeezeAndExcitation, IMAGE);
    assertThat(found.quality("scoreDifference").orElseThrow()).isNotCloseTo(0, within(0.1));
    assertThat(found.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(1e-12));
  }

  @ParameterizedTest
  @EnumSource
  void conservesTheRelevanceOfAGate(Products products) {
    var method = LayerwiseRelevance.composite(Composite.EPSILON).withProducts(products);
    var found = explained(method, ProductRulesTests::squeezeAndExcitation, IMAGE);
    var started = found.quality("startRelevance").orElseThrow();
    assertThat(started).isNotCloseTo(0, within(0.1));
    // The stabiliser absorbs about 1e-6 of what it divides by.
    assertThat(found.quality("conservation").orElseThrow() / started).isCloseTo(0, within(1e-4));
  }

  /** The score is 2 · x · gate(y): all of it is x's, or half of it y's. */
  private static void checkSignal(BiFunction<Tape, Tensor, Tensor> gate) {
    BiFunction<Tape, Tensor, Tensor> body =
        (tape, x) ->
            Multiply.apply(tape, linear(tape, x, 2, 0), gate.apply(tape, linear(tape, x, 0, 1)));
    var found = explained(EPSILON, body, 1.5f, 0.8f);
    var score = found.quality("startRelevance").orElseThrow();
    assertThat(score).isPositive();
    assertThat(found.values().toDoubles())
        .containsExactly(new double[] {score, 0}, within(1e-5 * score));
  }

  @Test
  void givesAllRelevanceToTheSignal() {
    checkSignal(Sigmoid::apply);
    checkSignal(HardSigmoid::apply);
    checkSignal(
        (tape, x) -> {
          var shifted = Add.apply(tape, x, Tensor.of(new double[] {3}, 1));
          return Scale.apply(tape, Relu6.apply(tape, shifted), 1.0 / 6);
        });
    checkSignal(
        (tape, x) -> {
          var shifted = Add.apply(tape, x, Tensor.of(new double[] {3}, 1));
          var clipped = Elementwise.apply(tape, new ElementFunction.Clip(0, 6), shifted);
          return Multiply.apply(tape, clipped, Tensor.of(new double[] {1.0 / 6}, 1));
        });
    checkSignal((tape, x) -> Elementwise.apply(tape, new ElementFunction.Reciprocal(), x));
  }

  @Test
  void givesHalfOfTheRelevanceToEachOfTwoThatAreNoGates() {
    BiFunction<Tape, Tensor, Tensor> gated =
        (tape, x) ->
            Multiply.apply(tape, linear(tape, x, 2, 0), Sigmoid.apply(tape, linear(tape, x, 0, 1)));
    BiFunction<Tape, Tensor, Tensor> plain =
        (tape, x) ->
            Multiply.apply(tape, linear(tape, x, 2, 0), Relu6.apply(tape, linear(tape, x, 0, 1)));
    BiFunction<Tape, Tensor, Tensor> both =
        (tape, x) ->
            Multiply.apply(
                tape,
                Sigmoid.apply(tape, linear(tape, x, 2, 0)),
                Sigmoid.apply(tape, linear(tape, x, 0, 1)));
    checkHalves(HALVES, gated);
    checkHalves(EPSILON, plain);
    checkHalves(EPSILON, both);
  }

  private static void checkHalves(Method method, BiFunction<Tape, Tensor, Tensor> body) {
    var found = explained(method, body, 1.5f, 0.8f);
    var half = found.quality("startRelevance").orElseThrow() / 2;
    assertThat(found.values().toDoubles())
        .containsExactly(new double[] {half, half}, within(1e-5 * half));
  }

  /** Where both factors are gates, the one for several places is. */
  @Test
  void takesTheFactorThatIsSpreadForTheGateOfTwo() {
    BiFunction<Tape, Tensor, Tensor> body =
        (tape, x) -> {
          var signal = Sigmoid.apply(tape, linear(tape, x, 2, 0, 1, 0));
          var gate = Sigmoid.apply(tape, linear(tape, x, 0, 1));
          return linear(tape, Multiply.apply(tape, gate, signal), 1, 1);
        };
    var found = explained(EPSILON, body, 1.5f, 0.8f);
    var score = found.quality("startRelevance").orElseThrow();
    assertThat(found.values().toDoubles())
        .containsExactly(new double[] {score, 0}, within(1e-5 * score));
  }

  private static Tensor weightedMean(Tape tape, Tensor x, Tensor weights) {
    var values = linear(tape, x, random(FLOAT64, 4, 1, 6));
    var mean =
        MatMul.apply(
            tape,
            Reshape.apply(tape, weights, x.size(0), 1, 3),
            Reshape.apply(tape, values, x.size(0), 3, 1));
    return Reshape.apply(tape, mean, x.size(0), 1);
  }

  /**
   * A product of matrices gives half to each, and softmax passes on what its expansion at the input
   * has of it: {@code x · (R − p · Σ R)}.
   */
  @Test
  void sharesAWeightedMeanAmongWeightsAndWhatIsWeighted() {
    var scores = random(FLOAT64, 3, 1, 6);
    BiFunction<Tape, Tensor, Tensor> body =
        (tape, x) -> weightedMean(tape, x, Softmax.apply(tape, linear(tape, x, scores)));
    float[] input = {1.5f, 0.8f};
    double[] x = {1.5, 0.8f};
    var values = rows(random(FLOAT64, 4, 1, 6).toDoubles(), x);
    var exponents = rows(scores.toDoubles(), x);
    var total = Arrays.stream(exponents).map(Math::exp).sum();
    var p = Arrays.stream(exponents).map(z -> Math.exp(z) / total).toArray();
    var score = 0.0;
    for (var i = 0; i < 3; i++) {
      score += p[i] * values[i];
    }
    var expected = new double[2];
    for (var i = 0; i < 3; i++) {
      var ofValue = p[i] * values[i] / 2;
      var ofScore = exponents[i] * (p[i] * values[i] / 2 - p[i] * score / 2);
      for (var k = 0; k < 2; k++) {
        expected[k] += ofValue * x[k] * random(FLOAT64, 4, 1, 6).toDoubles()[2 * i + k] / values[i];
        expected[k] += ofScore * x[k] * scores.toDoubles()[2 * i + k] / exponents[i];
      }
    }
    // Gates are factors of elements, not of matrices. LRP's epsilon stands beside its divisors.
    for (var method : List.of(EPSILON, HALVES, new AttentionRelevance())) {
      assertThat(map(method, body, input)).containsExactly(expected, within(1e-4));
    }
  }

  private static double[] rows(double[] weights, double[] x) {
    return IntStream.range(0, weights.length / 2)
        .mapToDouble(i -> weights[2 * i] * x[0] + weights[2 * i + 1] * x[1])
        .toArray();
  }

  /** GELU as a product, the bias of its argument being added before. */
  @Test
  void explainsAnActivationThatIsWrittenOutAsItself() {
    BiFunction<Tape, Tensor, Tensor> argument =
        (tape, x) ->
            Add.apply(
                tape, linear(tape, x, 1, -2, 0.5, 3), Tensor.of(new double[] {0.25, -0.5}, 2));
    BiFunction<Tape, Tensor, Tensor> product =
        (tape, x) -> {
          var inner = argument.apply(tape, x);
          var scaled = Scale.apply(tape, inner, Math.sqrt(0.5));
          var erf = Elementwise.apply(tape, new ElementFunction.ErrorFunction(), scaled);
          var moved = Add.apply(tape, erf, Tensor.of(new double[] {1}, 1));
          var doubled = Multiply.apply(tape, Scale.apply(tape, inner, 0.5), moved);
          return linear(tape, doubled, 1, -1);
        };
    BiFunction<Tape, Tensor, Tensor> gelu =
        (tape, x) -> linear(tape, Gelu.apply(tape, argument.apply(tape, x)), 1, -1);
    for (var method : List.of(EPSILON, HALVES, new AttentionRelevance(), DeepLift.standard())) {
      // LRP's epsilon beside the divisor of one scaling more.
      assertThat(map(method, product, 0.7f, -0.4f))
          .containsExactly(map(method, gelu, 0.7f, -0.4f), within(1e-5));
    }
  }

  /** Layer normalisation of nodes, by whatever divides: its deviation is a constant for LRP. */
  @Test
  void explainsANormalisationThatIsWrittenOutAsItself() {
    var gamma = Tensor.of(new double[] {1, -0.5, 2, 0.3}, 4);
    var beta = Tensor.of(new double[] {0.2, 0, -0.4, 1}, 4);
    BiFunction<Tape, Tensor, Tensor> inner =
        (tape, x) -> linear(tape, x, 1, -2, 0.5, 3, -1, 1, 2, 0.7);
    BiFunction<Tape, Tensor, Tensor> apart =
        (tape, x) -> {
          var h = inner.apply(tape, x);
          var centred = Add.apply(tape, h, Scale.apply(tape, Mean.apply(tape, h, 1), -1));
          var squares = Elementwise.apply(tape, new ElementFunction.Power(2), centred);
          var moved =
              Add.apply(tape, Mean.apply(tape, squares, 1), Tensor.of(new double[] {0.01}, 1));
          var root = Elementwise.apply(tape, new ElementFunction.SquareRoot(), moved);
          var inverse = Elementwise.apply(tape, new ElementFunction.Reciprocal(), root);
          var scaled = Multiply.apply(tape, Multiply.apply(tape, centred, inverse), gamma);
          return linear(tape, Add.apply(tape, scaled, beta), 1, -1, 0.5, 2);
        };
    BiFunction<Tape, Tensor, Tensor> together =
        (tape, x) ->
            linear(
                tape,
                LayerNorm.apply(tape, inner.apply(tape, x), gamma, beta, 0.01),
                1,
                -1,
                0.5,
                2);
    for (var method : List.of(EPSILON, HALVES, new AttentionRelevance(), DeepLift.standard())) {
      // LRP's epsilon beside the divisors of several steps.
      assertThat(map(method, apart, 0.7f, -0.4f))
          .containsExactly(map(method, together, 0.7f, -0.4f), within(1e-4));
    }
  }

  private static Tensor linear(Tape tape, Tensor x, Tensor weights) {
    return linear(tape, x, weights.toDoubles());
  }

  /** Two passes are compared, so that the examples may lie along any axis. */
  @Test
  void sharesTheDifferenceWhateverTheAxisOfExamples() {
    var origin = new Baseline.Given(Values.of(new float[] {1, 1}, 2));
    var found =
        explained(
            new DeepLift(origin),
            (tape, x) -> {
              var columns = Transpose.apply(tape, x, 1, 0);
              var product = Multiply.apply(tape, columns, Sum.apply(tape, columns, 0));
              return Reshape.apply(tape, Sum.apply(tape, product, 0), x.size(0), 1);
            },
            2,
            5);
    // The score is (x + y)², from 4 to 49.
    assertThat(found.values().toDoubles()).containsExactly(new double[] {9, 36}, within(1e-5));
  }
}
