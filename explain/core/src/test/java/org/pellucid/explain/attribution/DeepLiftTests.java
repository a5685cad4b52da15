package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.engine.tensor.ElementType.FLOAT64;
import static org.pellucid.explain.attribution.SmallNetworks.evaluator;
import static org.pellucid.explain.attribution.SmallNetworks.image;
import static org.pellucid.explain.attribution.SmallNetworks.maps;
import static org.pellucid.explain.attribution.SmallNetworks.network;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.ops.LayerNorm;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.LogSoftmax;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Select;
import org.pellucid.engine.ops.Sigmoid;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;

/** DeepLIFT on networks whose attributions are known. */
class DeepLiftTests {
  private static final Target TARGET = Target.output(2);
  private static final RunOptions RUN = RunOptions.standard();

  @Test
  void distributesTheDifferenceOfAnActivationInProportion() {
    var weights = new double[] {1, -2, 3};
    var model =
        new SmallNetworks.Function(
            FLOAT64,
            3,
            1,
            (tape, x) ->
                Sigmoid.apply(
                    tape,
                    Linear.apply(
                        tape, x, Tensor.of(weights, 1, 3), Tensor.of(new double[] {0.5}, 1))));
    var input = Values.of(new float[] {0.5f, -1, 0.25f}, 3);
    var origin = new Baseline.Given(Values.of(new float[] {1, 0, 0.25f}, 3));
    var found = new DeepLift(origin).explain(evaluator(model), input, Target.output(0), RUN);
    // The sums are 3.75 and 2.25.
    var slope = (1 / (1 + Math.exp(-3.75)) - 1 / (1 + Math.exp(-2.25))) / 1.5;
    assertThat((double) found.values().get(0)).isCloseTo(-0.5 * slope, within(1e-7));
    assertThat((double) found.values().get(1)).isCloseTo(2 * slope, within(1e-7));
    assertThat(found.values().get(2)).isZero();
    assertThat(found.quality("scoreDifference").orElseThrow()).isCloseTo(1.5 * slope, within(1e-7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"black", "white", "mean", "noise", "0.3"})
  void sumsToTheScoresDifference(String name) {
    var method = new DeepLift(Baseline.TYPE.reader().apply(name).orElseThrow());
    try (var network = network(FLOAT64, 0.5)) {
      for (var seed = 0; seed < 3; seed++) {
        var found = method.explain(evaluator(network), image(seed), TARGET, RUN);
        assertThat(found.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(1e-12));
        assertThat(found.quality("scoreDifference").orElseThrow()).isNotZero();
        var channel =
            method.explain(evaluator(network), image(seed), new Target.Channel("layers.4", 1), RUN);
        // A channel's score is the sum of 4 values of single precision, each below 10.
        assertThat(channel.quality("convergenceDelta").orElseThrow())
            .isCloseTo(0, within(2 * 4 * (double) Math.ulp(10f)));
        assertThat(channel.quality("scoreDifference").orElseThrow()).isNotZero();
      }
    }
  }

  @Test
  void givesNothingWhereTheInputIsTheBaseline() {
    try (var network = network(FLOAT64, 0.5)) {
      var found =
          new DeepLift(new Baseline.Given(image(0)))
              .explain(evaluator(network), image(0), TARGET, RUN);
      assertThat(found.values().min()).isZero();
      assertThat(found.values().max()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT32", "FLOAT64"})
  void givesTheSameBitsWhateverTheBatch(ElementType type) {
    try (var network = network(type, 0.3)) {
      var method = new DeepLift(Baseline.MEAN);
      var single = maps(method, evaluator(network), TARGET, 5, 1);
      assertThat(maps(method, evaluator(network), TARGET, 5, 2)).isEqualTo(single);
      assertThat(maps(method, evaluator(network), TARGET, 5, 5)).isEqualTo(single);
    }
  }

  @Test
  void explainsADifferenceOfOutputs() {
    try (var network = network(FLOAT64, 0.5)) {
      var evaluator = evaluator(network);
      var first = maps(DeepLift.standard(), evaluator, Target.output(1), 1, 1);
      var other = maps(DeepLift.standard(), evaluator, Target.output(3), 1, 1);
      var expected = new double[first.length];
      Arrays.setAll(expected, i -> first[i] - other[i]);
      assertThat(maps(DeepLift.standard(), evaluator, new Target.Difference(1, 3), 1, 1))
          .containsExactly(expected, within(1e-12));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"probability:1", "loss:1"})
  void refusesWhatIsNoSumOfOutputs(String target) {
    try (var network = network(FLOAT64, 0)) {
      assertThatThrownBy(
              () ->
                  DeepLift.standard()
                      .explain(evaluator(network), image(0), Target.parse(target), RUN))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("DeepLIFT explains outputs, sums and differences")
          .hasMessageContaining(target);
    }
  }

  private static double[] between(
      SmallNetworks.Function.Body body, int outputs, float[] from, float[] to, Target target) {
    var model = new SmallNetworks.Function(FLOAT64, from.length, outputs, body);
    var method = new DeepLift(new Baseline.Given(Values.of(from, from.length)));
    var found = method.explain(evaluator(model), Values.of(to, to.length), target, RUN);
    assertThat(found.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(1e-12));
    var numbers = found.values().toDoubles();
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] /= to[i] - from[i];
    }
    return numbers;
  }

  /**
   * With probabilities (0.8, 0.2) and (0.5, 0.5), the logarithmic means are a = 0.3 / ln 1.6 and b
   * = 0.3 / ln 2.5, and the multipliers ±a · b / (a + b), whatever was added to both.
   */
  @Test
  void sharesTheDifferenceOfASoftmaxByLogarithmicMeans() {
    var a = 0.3 / Math.log(1.6);
    var b = 0.3 / Math.log(2.5);
    var apart = (float) Math.log(4);
    for (var shift : new float[] {0.5f, 3, -2}) {
      var found =
          between(
              Softmax::apply,
              2,
              new float[] {1, 1},
              new float[] {apart + shift, shift},
              Target.output(0));
      // The inputs are of single precision.
      assertThat(found)
          .containsExactly(new double[] {a * b / (a + b), -a * b / (a + b)}, within(1e-6));
    }
  }

  /**
   * Probabilities of 0 or nearly so leave nothing out, and nothing is divided by a small number.
   */
  @Test
  void sharesTheDifferenceOfAttentionFarApart() {
    var mask = Tensor.of(new double[] {0, 0, Double.NEGATIVE_INFINITY, 0}, 1, 4);
    var found =
        between(
            (tape, x) -> Softmax.apply(tape, x, 2, Optional.of(mask)),
            4,
            new float[] {90, -300, 5, 2},
            new float[] {-80, 300, 7, 2.0001f},
            Target.output(1));
    assertThat(found[1]).isPositive();
    assertThat(found[2]).isZero();
    assertThat(Arrays.stream(found).map(Math::abs).max().orElseThrow()).isLessThan(1);
    var logarithms =
        between(
            LogSoftmax::apply,
            3,
            new float[] {90, -300, 5},
            new float[] {-80, 300, 7},
            new Target.Sum(List.of(0, 1)));
    // Rounded to single precision after the difference was shared.
    assertThat(Arrays.stream(logarithms).sum()).isCloseTo(0, within(1e-7));
  }

  /** Where nothing differs but a little, multipliers are gradients. */
  @Test
  void sharesSmallDifferencesByGradients() {
    float[] from = {0.5f, -1, 2, 0.25f};
    float[] to = {0.5001f, -1.0001f, 2.0001f, 0.2501f};
    var gamma = Tensor.of(new double[] {1, -0.5, 2, 0.3}, 4);
    var beta = Tensor.of(new double[] {0.2, 0, -0.4, 1}, 4);
    for (SmallNetworks.Function.Body body :
        List.<SmallNetworks.Function.Body>of(
            Softmax::apply,
            LogSoftmax::apply,
            (tape, x) -> LayerNorm.apply(tape, x, gamma, beta, 0.01))) {
      var model = new SmallNetworks.Function(FLOAT64, 4, 4, body);
      var gradient = new double[4];
      evaluator(model)
          .gradients(
              1,
              (_, into, offset) -> System.arraycopy(from, 0, into, offset, 4),
              TARGET,
              RUN,
              (_, row, offset) -> System.arraycopy(row, offset, gradient, 0, 4));
      // Second derivatives times 1e-4.
      assertThat(between(body, 4, from, to, TARGET)).containsExactly(gradient, within(1e-3));
    }
  }

  @Test
  void refusesAChoiceThatTheBaselineMakesOtherwise() {
    var model =
        new SmallNetworks.Function(
            FLOAT64,
            3,
            3,
            (tape, x) -> {
              var positive = Arrays.stream(x.toDoubles()).mapToInt(v -> v > 0 ? 1 : 0).toArray();
              return Select.apply(tape, positive, x, Scale.apply(tape, x, 2));
            });
    var input = Values.of(new float[] {1, 2, -1}, 3);
    assertThatThrownBy(() -> DeepLift.standard().explain(evaluator(model), input, TARGET, RUN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("chooses other elements for the input than for the baseline");
    var other = new DeepLift(new Baseline.Given(Values.of(new float[] {2, 5, -3}, 3)));
    assertThat(other.explain(evaluator(model), input, TARGET, RUN).quality("convergenceDelta"))
        .hasValue(0);
  }
}
