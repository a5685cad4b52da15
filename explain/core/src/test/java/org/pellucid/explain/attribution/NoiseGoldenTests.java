package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.explain.attribution.TinyNetwork.EXACT_IMAGES;
import static org.pellucid.explain.attribution.TinyNetwork.IMAGES;
import static org.pellucid.explain.attribution.TinyNetwork.SIZE;
import static org.pellucid.explain.attribution.TinyNetwork.array;
import static org.pellucid.explain.attribution.TinyNetwork.part;

import java.util.Arrays;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.attribution.SmoothGrad.Statistic;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Objective;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.testing.Distance;
import org.pellucid.testing.DoublePrecision;
import org.pellucid.testing.SinglePrecision;

/** Noise around methods and expected gradients against Captum, with the noise that it drew. */
@Tag("numeric")
class NoiseGoldenTests {
  private static final String FILE = "tiny_captum_noise";
  private static final int SAMPLES = 4;
  private static final RunOptions RUN = RunOptions.standard().withBatchSize(SAMPLES);

  private final double[] noise = array(FILE + ".npz", "noise");
  private final double[] baselines = array(FILE + ".npz", "base_dist");
  private final double[] choices = array(FILE + ".npz", "gradientshap_choice");
  private final double[] positions = array(FILE + ".npz", "gradientshap_coef");

  /** Something that is computed for an image. */
  @FunctionalInterface
  private interface Run {
    Explanation of(Evaluator evaluator, int image);
  }

  private DoubleSupplier noise(int image, int sample) {
    var from = (image * SAMPLES + sample) * SIZE;
    return Arrays.stream(noise, from, from + SIZE).iterator()::nextDouble;
  }

  private Run noisy(GradientMethod around, Statistic statistic) {
    var method = new SmoothGrad(around, SAMPLES, new NoiseLevel.Absolute(1), statistic);
    return (evaluator, image) ->
        method.explain(
            evaluator,
            TinyNetwork.image(image),
            TinyNetwork.label(image),
            RUN,
            sample -> noise(image, sample));
  }

  private static Explanation run(Run run, int image, Engine engine, ElementType type) {
    try (var network = TinyNetwork.open(type)) {
      return run.of(new Evaluator(engine, network), image);
    }
  }

  private static Explanation exact(Run run, int image) {
    return run(run, image, DoublePrecision.engine(), ElementType.FLOAT64);
  }

  /**
   * A map in double precision, where Captum's is, and against its single precision.
   *
   * @param allowed of the manifest; the distance of two of PyTorch's runs where decisions differ
   */
  private static Explanation check(Run run, String name, int image, double allowed) {
    var found = exact(run, image);
    var map = found.values().toDoubles();
    assertThat(Distance.relative(map, part(array(FILE + ".npz", name), image, IMAGES)))
        .isLessThan(allowed);
    if (image < EXACT_IMAGES) {
      var golden = part(array(FILE + "_f64.npz", name), image, EXACT_IMAGES);
      assertThat(Distance.relative(map, golden)).isLessThan(TinyNetwork.EXACT);
    }
    return found;
  }

  @ParameterizedTest
  @CsvSource({
    "MEAN, false, nt_saliency_smoothgrad",
    "MEAN_SQUARE, false, nt_saliency_smoothgrad_sq",
    "VARIANCE, false, nt_saliency_vargrad",
    "MEAN, true, nt_saliency_abs_smoothgrad"
  })
  void addsNoiseToGradients(Statistic statistic, boolean absolute, String name) {
    var run = noisy(new Saliency(Objective.SCORE, absolute, false, 1), statistic);
    for (var image = 0; image < IMAGES; image++) {
      check(run, name, image, 1e-5);
    }
    SinglePrecision.check((engine, type) -> run(run, 0, engine, type).values().toDoubles(), 1e-5);
  }

  @ParameterizedTest
  @CsvSource({
    "MEAN, nt_ig_smoothgrad",
    "MEAN_SQUARE, nt_ig_smoothgrad_sq",
    "VARIANCE, nt_ig_vargrad"
  })
  void addsNoiseToIntegrals(Statistic statistic, String name) {
    var integral = new IntegratedGradients(10, QuadratureRule.MIDDLE, Baseline.BLACK, true);
    var run = noisy(integral, statistic);
    for (var image : new int[] {0, 1, 2, 7}) {
      check(run, name, image, 0.005);
    }
    SinglePrecision.check((engine, type) -> run(run, 0, engine, type).values().toDoubles(), 1e-5);
  }

  private Run expected() {
    var given =
        IntStream.range(0, 5)
            .<Baseline>mapToObj(
                k -> new Baseline.Given(Values.of(part(baselines, k, 5), 3, 32, 32)))
            .toList();
    var method = new GradientShap(SAMPLES, new NoiseLevel.Absolute(1), given);
    return (evaluator, image) ->
        method.explain(
            evaluator,
            TinyNetwork.image(image),
            TinyNetwork.label(image),
            RUN,
            sample -> {
              var row = image * SAMPLES + sample;
              return new GradientShap.Draw(
                  positions[row], given.get((int) choices[row]), 0, noise(image, sample));
            });
  }

  @Test
  void expectsGradientsAsCaptumDoes() {
    var deltas = array(FILE + "_f64.npz", "gradientshap_delta");
    var run = expected();
    for (var image = 0; image < IMAGES; image++) {
      var found = check(run, "gradientshap", image, 1e-5);
      var from = image * SAMPLES;
      var mean = Arrays.stream(deltas, from, from + SAMPLES).average().orElseThrow();
      assertThat(found.quality("convergenceDelta").orElseThrow())
          .isCloseTo(mean, within(1e-7 * Math.max(1, Math.abs(mean))));
    }
    SinglePrecision.check((engine, type) -> run(run, 0, engine, type).values().toDoubles(), 1e-5);
  }
}
