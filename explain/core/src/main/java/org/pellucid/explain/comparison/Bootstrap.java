package org.pellucid.explain.comparison;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Samples of the inputs, drawn with replacement (Efron, 1979), always the same ones, so that
 * methods are compared on the same samples.
 */
final class Bootstrap {
  /** For figures and ranks. */
  static final int SAMPLES = 2000;

  /** For each point of a curve, of which there are many. */
  static final int SAMPLES_OF_CURVES = 400;

  private static final double OUTSIDE = 0.025;

  private final int[][] samples;

  /** The ends of a 95 % interval, NaN if there is nothing to draw from. */
  record Interval(double low, double high) {}

  Bootstrap(int inputs, int count) {
    samples = new int[count][];
    var random = new SplittableRandom(0);
    for (var sample = 0; sample < count; sample++) {
      samples[sample] = new int[inputs];
      Arrays.setAll(samples[sample], _ -> random.nextInt(inputs));
    }
  }

  /** The mean of those that are numbers; NaN if none is. */
  static double mean(double[] figures) {
    return Arrays.stream(figures)
        .filter(figure -> !Double.isNaN(figure))
        .average()
        .orElse(Double.NaN);
  }

  /** The mean over the inputs of a sample. */
  double mean(double[] figures, int sample) {
    var sum = 0.0;
    var count = 0;
    for (var input : samples[sample]) {
      if (!Double.isNaN(figures[input])) {
        sum += figures[input];
        count++;
      }
    }
    return count == 0 ? Double.NaN : sum / count;
  }

  /** The interval of the mean. */
  Interval interval(double[] figures) {
    var means = new double[samples.length];
    Arrays.setAll(means, sample -> mean(figures, sample));
    return interval(means, figures.length);
  }

  /** The interval of numbers, one for each sample. */
  static Interval interval(double[] numbers, int inputs) {
    var sorted = Arrays.stream(numbers).filter(n -> !Double.isNaN(n)).sorted().toArray();
    if (sorted.length == 0 || inputs == 0) {
      return new Interval(Double.NaN, Double.NaN);
    }
    return new Interval(quantile(sorted, OUTSIDE), quantile(sorted, 1 - OUTSIDE));
  }

  private static double quantile(double[] sorted, double share) {
    var at = share * (sorted.length - 1);
    var below = (int) at;
    var above = Math.min(sorted.length - 1, below + 1);
    return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
  }
}
