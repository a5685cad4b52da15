package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import org.pellucid.explain.Explanation;

/**
 * The mean gradient over noisy copies of the image (Smilkov et al., 2017).
 *
 * @param samples the number of noisy copies
 * @param sigma the noise's standard deviation in input units; empty for 0.15 times the image's
 *     range, as the paper recommends
 * @param of the score or the loss
 * @param absolute whether signs are dropped before averaging
 */
public record SmoothGrad(int samples, OptionalDouble sigma, Objective of, boolean absolute)
    implements Attribution {
  private static final double RELATIVE_SIGMA = 0.15;
  private static final double HOMEWORK_MULTIPLIER = 0.4;

  /** Where noise comes from. */
  @FunctionalInterface
  interface Noise {
    /** One sample's numbers of standard deviation 1, in order; called from several threads. */
    DoubleSupplier of(int sample);
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if there are no samples, or sigma is negative or not finite
   */
  public SmoothGrad {
    check(samples > 0, "SmoothGrad needs at least one sample, not %d", samples);
    var deviation = sigma.orElse(0);
    check(
        deviation >= 0 && Double.isFinite(deviation),
        "SmoothGrad's sigma is %s, but must be a number from 0 on",
        deviation);
  }

  /** 50 samples of the score's gradient at 0.15 times the image's range. */
  public static SmoothGrad standard() {
    return new SmoothGrad(50, OptionalDouble.empty(), Objective.SCORE, true);
  }

  /**
   * The homework's definition for one image: 500 samples of the loss, σ = (0.4 / range)².
   *
   * @throws IllegalArgumentException if all values of the image are the same
   */
  public static SmoothGrad homework(float[] image) {
    check(
        range(image) > 0,
        "The homework's SmoothGrad divides by the image's range, but this image is of one"
            + " value");
    var sigma = Math.pow(HOMEWORK_MULTIPLIER / range(image), 2);
    return homework(sigma);
  }

  /** The homework's definition with noise of the caller's choice. */
  public static SmoothGrad homework(double sigma) {
    return new SmoothGrad(500, OptionalDouble.of(sigma), Objective.LOSS, true);
  }

  private static double range(float[] image) {
    var least = Float.POSITIVE_INFINITY;
    var largest = Float.NEGATIVE_INFINITY;
    for (var value : image) {
      least = Math.min(least, value);
      largest = Math.max(largest, value);
    }
    return (double) largest - least;
  }

  @Override
  public String method() {
    return "smoothgrad";
  }

  @Override
  public Map<String, Object> parameters() {
    var parameters = new LinkedHashMap<String, Object>();
    parameters.put("samples", samples);
    sigma.ifPresent(value -> parameters.put("sigma", value));
    parameters.put("of", of.text());
    parameters.put("absolute", absolute);
    return parameters;
  }

  @Override
  public Explanation explain(InputGradients gradients, float[] image, int target, Run run) {
    // A generator of its own for each sample, so that neither batch size nor order matters.
    var root = new SplittableRandom(run.seed());
    var seeds = root.longs(samples).toArray();
    return explain(
        gradients, image, target, run, sample -> new SplittableRandom(seeds[sample])::nextGaussian);
  }

  Explanation explain(InputGradients gradients, float[] image, int target, Run run, Noise source) {
    var start = System.nanoTime();
    var deviation = sigma.orElseGet(() -> RELATIVE_SIGMA * range(image));
    var sum = new double[Attribution.checked(gradients, image).length];
    gradients.forEach(
        samples,
        (sample, into, offset) -> {
          var noise = source.of(sample);
          for (var i = 0; i < image.length; i++) {
            into[offset + i] = image[i] + (float) (deviation * noise.getAsDouble());
          }
        },
        of,
        target,
        run,
        (sample, gradient, offset) -> addTo(sum, gradient, offset));
    for (var i = 0; i < sum.length; i++) {
      sum[i] /= samples;
    }
    var model = gradients.model();
    return Attribution.result(
        this,
        sum,
        new long[] {3, (int) model.inputShape()[1], (int) model.inputShape()[2]},
        target,
        Attribution.toFloats(gradients.logits(image)),
        run,
        Map.of("sigma", deviation),
        start);
  }

  private void addTo(double[] sum, double[] gradient, int offset) {
    for (var i = 0; i < sum.length; i++) {
      var value = gradient[offset + i];
      sum[i] += absolute ? Math.abs(value) : value;
    }
  }
}
