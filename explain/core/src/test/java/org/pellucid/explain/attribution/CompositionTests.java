package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.explain.QuadraticModel;
import org.pellucid.explain.attribution.SmoothGrad.Statistic;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Objective;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Method;

/** Noise wraps any gradient method, a distribution of baselines any that has one. */
class CompositionTests {
  private static final int SIZE = 6;

  private final Evaluator evaluator =
      new Evaluator(Engine.portable(), new QuadraticModel(new long[] {SIZE}, 1));
  private final Values input = Values.of(new float[] {1, -1, 0.5f, 2, 0, -3}, SIZE);

  private Values run(Method method) {
    return method
        .explain(evaluator, input, Target.output(0), RunOptions.standard().withSeed(9))
        .values();
  }

  private static Saliency signed() {
    return new Saliency(Objective.SCORE, false, false, 1);
  }

  @Test
  void averagesAnyMethodOverNoise() {
    var noise = SmoothGrad.around(IntegratedGradients.steps(1), 400, new NoiseLevel.Absolute(0.1));
    var smooth = run(noise);
    for (var i = 0; i < SIZE; i++) {
      // E (x + n)² = x² + σ²; the mean of 400 has a deviation of 2 |x| σ / 20.
      var expected = i * (input.get(i) * input.get(i) + 0.01);
      var deviation = i * (2 * Math.abs(input.get(i)) * 0.1 + 0.02) / 20;
      assertThat((double) smooth.get(i)).isCloseTo(expected, within(4 * deviation + 1e-6));
    }
    assertThat(noise.name()).isEqualTo("smoothgrad-integrated-gradients");
    assertThat(noise.title()).isEqualTo("SmoothGrad of Integrated Gradients, noise of 0.1");
    assertThat(SmoothGrad.standard().title())
        .isEqualTo("SmoothGrad, noise of 0.15 times the range");
  }

  @Test
  void takesSquaresAndVariances() {
    var calm = SmoothGrad.around(signed(), 3, new NoiseLevel.Absolute(0));
    for (var i = 0; i < SIZE; i++) {
      var gradient = 2.0 * i * input.get(i);
      assertThat((double) run(calm.withStatistic(Statistic.MEAN_SQUARE)).get(i))
          .isCloseTo(gradient * gradient, within(1e-4));
      assertThat(run(calm.withStatistic(Statistic.VARIANCE)).get(i)).isCloseTo(0, within(1e-4f));
    }
    var noisy = SmoothGrad.around(signed(), 400, new NoiseLevel.Absolute(0.1));
    var variance = run(noisy.withStatistic(Statistic.VARIANCE));
    for (var i = 1; i < SIZE; i++) {
      // The gradient 2 i (x + n) has the variance (2 i σ)²; 400 samples estimate it within 7 %.
      assertThat(variance.get(i) / (0.04 * i * i)).isBetween(0.72, 1.28);
    }
  }

  @Test
  void averagesOverBaselines() {
    var black = IntegratedGradients.steps(2);
    var both = new BaselineDistribution(black, List.of(Baseline.BLACK, Baseline.WHITE));
    var mean = run(both);
    var first = run(black);
    var second = run(black.withBaseline(Baseline.WHITE));
    for (var i = 0; i < SIZE; i++) {
      assertThat(mean.get(i)).isCloseTo((first.get(i) + second.get(i)) / 2, within(1e-5f));
    }
    var found = both.explain(evaluator, input, Target.output(0), RunOptions.standard());
    // Gauss-Legendre with two nodes integrates a quadratic's gradient exactly.
    assertThat(found.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(1e-5));
  }

  @Test
  void explainsAtALayerAsAtTheInput() {
    var squares = evaluator.layerOutput(QuadraticModel.SQUARES, input);
    var after = evaluator.at(QuadraticModel.SQUARES, input);
    var found =
        IntegratedGradients.steps(1)
            .explain(after, squares, Target.output(0), RunOptions.standard());
    for (var i = 0; i < SIZE; i++) {
      assertThat(found.values().get(i)).isCloseTo(i * squares.get(i), within(1e-5f));
    }
    assertThat(found.quality("convergenceDelta").orElseThrow()).isCloseTo(0, within(1e-5));
  }
}
