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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.ops.Linear;
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

  @Test
  void refusesOperationsWithoutARule() {
    var model = new SmallNetworks.Function(FLOAT64, 3, 3, Softmax::apply);
    assertThatThrownBy(
            () ->
                DeepLift.standard()
                    .explain(evaluator(model), Values.of(new float[3], 3), TARGET, RUN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no rule for the operation Softmax");
  }
}
