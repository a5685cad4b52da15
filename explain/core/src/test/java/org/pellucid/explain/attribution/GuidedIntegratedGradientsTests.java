package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.PreciseInputs;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.testing.Distance;

/** The path that keeps to small gradients, against a plain walk along it. */
@Tag("numeric")
class GuidedIntegratedGradientsTests {
  private static final Target TARGET = Target.output(2);
  private static final RunOptions RUN = RunOptions.standard();

  private static double[] gradient(Evaluator evaluator, double[] at) {
    var batch = new double[1][];
    evaluator.gradients(
        1, PreciseInputs.same(at), TARGET, RUN, (_, row, offset) -> batch[0] = row.clone());
    return batch[0];
  }

  /**
   * The walk with positions as parts of the line from black: in each step all that is behind is
   * pulled up, then the smallest gradients' values go as far as allowed, again and again until
   * enough of the distance is covered.
   */
  private static double[] walk(
      Evaluator evaluator, double[] x, int steps, double fraction, double distance) {
    var size = x.length;
    var part = new double[size];
    var attributions = new double[size];
    var whole = Arrays.stream(x).map(Math::abs).sum();
    for (var step = 1; step <= steps; step++) {
      var now = (double) step / steps;
      var from = part.clone();
      var position = IntStream.range(0, size).mapToDouble(i -> part[i] * x[i]).toArray();
      var gradient = gradient(evaluator, position);
      for (var i = 0; i < size; i++) {
        part[i] = Math.max(part[i], now - distance);
      }
      var limit = Math.min(1, now + distance);
      while (true) {
        var left = IntStream.range(0, size).mapToDouble(i -> (1 - part[i]) * Math.abs(x[i])).sum();
        var wanted = left - whole * (1 - now);
        if (wanted < 1e-9) {
          break;
        }
        // Those at the limit count among the largest, and equal ones go together.
        var sizes =
            IntStream.range(0, size)
                .mapToDouble(i -> part[i] >= limit ? 1e300 : Math.abs(gradient[i]))
                .toArray();
        var largest = Arrays.stream(sizes).sorted().toArray()[(int) ((size - 1) * fraction)];
        var chosen =
            IntStream.range(0, size)
                .filter(i -> sizes[i] <= largest && part[i] < limit)
                .boxed()
                .toList();
        var possible = chosen.stream().mapToDouble(i -> (limit - part[i]) * Math.abs(x[i])).sum();
        var share = Math.min(1, wanted / possible);
        chosen.forEach(i -> part[i] = share == 1 ? limit : part[i] + share * (limit - part[i]));
      }
      for (var i = 0; i < size; i++) {
        attributions[i] += (part[i] - from[i]) * x[i] * gradient[i];
      }
    }
    return attributions;
  }

  @ParameterizedTest
  @CsvSource({"20, 0.25, 0.1", "12, 0.5, 1", "15, 0, 0.2", "10, 1, 0.3"})
  void walksWhereGradientsAreSmall(int steps, double fraction, double distance) {
    try (var network = SmallNetworks.network(ElementType.FLOAT64, 0.3)) {
      var evaluator = SmallNetworks.evaluator(network);
      var image = SmallNetworks.image(8);
      var method = new GuidedIntegratedGradients(steps, fraction, distance, Baseline.BLACK);
      var found = method.explain(evaluator, image, TARGET, RUN);
      var expected = walk(evaluator, image.toDoubles(), steps, fraction, distance);
      assertThat(Distance.relative(found.values().toDoubles(), expected)).isLessThan(1e-6);
    }
  }

  @Test
  void isStraightWithoutADistance() {
    try (var network = SmallNetworks.network(ElementType.FLOAT64, 0.3)) {
      var evaluator = SmallNetworks.evaluator(network);
      var image = SmallNetworks.image(8);
      var straight = new IntegratedGradients(25, QuadratureRule.LEFT, Baseline.BLACK, true);
      var found =
          new GuidedIntegratedGradients(25, 0.25, 0, Baseline.BLACK)
              .explain(evaluator, image, TARGET, RUN);
      var expected = straight.explain(evaluator, image, TARGET, RUN);
      assertThat(Distance.relative(found.values().toDoubles(), expected.values().toDoubles()))
          .isLessThan(1e-6);
    }
  }

  @Test
  void addsUpToTheScoresDifference() {
    try (var network = SmallNetworks.network(ElementType.FLOAT64, 0.3)) {
      // Values jump by up to twice the distance in a step, so that more steps alone don't help.
      var found =
          new GuidedIntegratedGradients(2000, 0.25, 0.002, Baseline.WHITE)
              .explain(SmallNetworks.evaluator(network), SmallNetworks.image(8), TARGET, RUN);
      var difference = found.quality("scoreDifference").orElseThrow();
      assertThat(found.quality("convergenceDelta").orElseThrow())
          .isCloseTo(0, within(0.02 * Math.abs(difference)));
    }
  }

  @Test
  void attributesNothingToABaselineItself() {
    try (var network = SmallNetworks.network(ElementType.FLOAT32, 0.3)) {
      var black = Values.of(new float[SmallNetworks.SIZE], 2, 6, 6);
      var found =
          GuidedIntegratedGradients.standard()
              .explain(SmallNetworks.evaluator(network), black, TARGET, RUN);
      assertThat(found.values()).isEqualTo(black);
      assertThat(found.quality("convergenceDelta").orElseThrow()).isZero();
    }
  }

  @Test
  void refusesPartsThatAreNone() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GuidedIntegratedGradients(10, 1.5, 0.1, Baseline.BLACK))
        .withMessageContaining("1.5, but must be a number from 0 to 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GuidedIntegratedGradients(10, 0.5, -1, Baseline.BLACK))
        .withMessageContaining("-1.0, but must be a number from 0 to 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GuidedIntegratedGradients(0, 0.5, 0.1, Baseline.BLACK))
        .withMessageContaining("at least one step");
  }
}
