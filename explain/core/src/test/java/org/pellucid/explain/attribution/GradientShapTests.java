package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.QuadraticModel;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;

/** Expected gradients where they are known. */
@Tag("numeric")
class GradientShapTests {
  private static final RunOptions RUN = RunOptions.standard().withSeed(7);

  private final Values input = Values.of(new float[] {1, -2, 0.5f}, 3);

  @Test
  void sharesALinearScoreExactly() {
    var model =
        new SmallNetworks.Function(ElementType.FLOAT64, 3, 3, (tape, x) -> Scale.apply(tape, x, 4));
    var method =
        new GradientShap(10, new NoiseLevel.Absolute(0), List.of(Baseline.BLACK, Baseline.WHITE));
    var found = method.explain(SmallNetworks.evaluator(model), input, Target.parse("sum:0:1"), RUN);
    // Each of the ten samples draws black or white: 4 x or 4 (x - 1).
    var whites = Math.round(10 * (4 - found.values().get(0)) / 4.0);
    assertThat(whites).isBetween(1L, 9L);
    assertThat((double) found.values().get(0)).isCloseTo(4 - 0.4 * whites, within(1e-6));
    assertThat((double) found.values().get(1)).isCloseTo(-8 - 0.4 * whites, within(1e-6));
    assertThat(found.values().get(2)).isZero();
    assertThat(found.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(1e-9));
  }

  @Test
  void approachesTheIntegralWithManySamples() {
    var evaluator = new Evaluator(Engine.portable(), new QuadraticModel(new long[] {3}, 1));
    var method = new GradientShap(4000, new NoiseLevel.Absolute(0), List.of(Baseline.BLACK));
    var found = method.explain(evaluator, input, Target.output(0), RUN);
    for (var i = 0; i < 3; i++) {
      // The mean of 2 c x² over c in 0..1 is x², its deviation x² √(1/3) / √4000.
      var square = i * input.get(i) * input.get(i);
      assertThat((double) found.values().get(i)).isCloseTo(square, within(0.04 * square + 1e-9));
    }
  }

  @Test
  void givesTheSameBitsForTheSameSeedInAnyBatch() {
    try (var network = SmallNetworks.network(ElementType.FLOAT32, 0.1)) {
      var evaluator = SmallNetworks.evaluator(network);
      var image = SmallNetworks.image(2);
      var method =
          new GradientShap(9, new NoiseLevel.OfRange(0.1), List.of(new Baseline.UniformNoise()));
      var found = method.explain(evaluator, image, Target.output(1), RUN.withBatchSize(1));
      assertThat(method.explain(evaluator, image, Target.output(1), RUN.withBatchSize(4)))
          .isEqualTo(found);
      assertThat(method.explain(evaluator, image, Target.output(1), RUN.withSeed(8)).values())
          .isNotEqualTo(found.values());
    }
  }

  @Test
  void refusesNoBaselines() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GradientShap(5, new NoiseLevel.Absolute(0), List.of()))
        .withMessageContaining("at least one baseline");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GradientShap(0, new NoiseLevel.Absolute(0), List.of(Baseline.BLACK)))
        .withMessageContaining("at least one sample");
  }
}
