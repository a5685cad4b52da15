package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.vision.GaussianBlur;
import org.pellucid.models.vision.GaussianBlur.Border;
import org.pellucid.testing.Distance;

/** The path out of a blur, against its sum written out. */
@Tag("numeric")
class BlurIntegratedGradientsTests {
  private static final Target TARGET = Target.output(2);
  private static final RunOptions RUN = RunOptions.standard();

  private static double[] blurred(Values image, double sigma) {
    return new GaussianBlur(sigma, Border.BLACK).of(image.toDoubles(), 6, 6);
  }

  @Test
  void sumsTheChangesWithTheWidth() {
    try (var network = SmallNetworks.network(ElementType.FLOAT64, 0.3)) {
      var evaluator = SmallNetworks.evaluator(network);
      var image = SmallNetworks.image(4);
      var expected = new double[SmallNetworks.SIZE];
      for (var step = 0; step < 7; step++) {
        var sigma = step * 3.0 / 7;
        var at = blurred(image, sigma);
        var beyond = blurred(image, sigma + 0.01);
        var gradient = evaluator.newBatch(1);
        for (var i = 0; i < at.length; i++) {
          gradient.inputs()[i] = (float) at[i];
        }
        gradient.compute(TARGET, 1);
        for (var i = 0; i < at.length; i++) {
          expected[i] -= 3.0 / 7 * gradient.gradients()[i] * (beyond[i] - at[i]) / 0.01;
        }
      }
      var found = new BlurIntegratedGradients(7, 3).explain(evaluator, image, TARGET, RUN);
      assertThat(Distance.relative(found.values().toDoubles(), expected)).isLessThan(1e-5);
      assertThat(
              new BlurIntegratedGradients(7, 3)
                  .explain(evaluator, image, TARGET, RUN.withBatchSize(3)))
          .isEqualTo(found);
    }
  }

  @Test
  void addsUpToTheScoresDifference() {
    try (var network = SmallNetworks.network(ElementType.FLOAT64, 0.3)) {
      var evaluator = SmallNetworks.evaluator(network);
      var found =
          new BlurIntegratedGradients(600, 5)
              .explain(evaluator, SmallNetworks.image(4), TARGET, RUN);
      var difference = found.quality("scoreDifference").orElseThrow();
      assertThat(found.quality("convergenceDelta").orElseThrow())
          .isCloseTo(0, within(0.05 * Math.abs(difference)));
    }
  }

  @Test
  void refusesOtherInputs() {
    var model = new SmallNetworks.Function(ElementType.FLOAT64, 3, 3, (_, x) -> x);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                BlurIntegratedGradients.standard()
                    .explain(
                        SmallNetworks.evaluator(model),
                        Values.of(new float[3], 3),
                        Target.output(0),
                        RUN))
        .withMessageContaining("explain images, but this input has 1 axes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BlurIntegratedGradients(10, 0))
        .withMessageContaining("0.0 pixels");
  }
}
