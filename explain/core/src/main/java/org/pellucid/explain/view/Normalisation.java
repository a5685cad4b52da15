package org.pellucid.explain.view;

import java.util.Arrays;

/**
 * The range of numbers that an image shows, linearly.
 *
 * @param low shown as 0
 * @param high shown as 1
 */
public record Normalisation(double low, double high) {
  /** The percentile of magnitudes at which colours end, if no other is chosen. */
  static final double USUAL_CLIP = 99;

  /** From the smallest to the largest value; a constant map shows as 0 everywhere. */
  public static Normalisation minMax(float[] values) {
    var low = Double.POSITIVE_INFINITY;
    var high = Double.NEGATIVE_INFINITY;
    for (var value : values) {
      if (!Float.isNaN(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    return new Normalisation(low, high);
  }

  /**
   * Symmetric about zero, up to the 99th percentile of the magnitudes, so that a few extreme pixels
   * don't leave the rest pale; up to the largest where that percentile is zero. A map of zeros
   * shows as 0.5 everywhere.
   */
  public static Normalisation symmetric(float[] values) {
    var reach = reach(values, USUAL_CLIP);
    return reach > 0 ? new Normalisation(-reach, reach) : new Normalisation(-1, 1);
  }

  /**
   * The percentile of the magnitudes of all finite values; the largest where that percentile is
   * zero, and 0 where all values are.
   *
   * @param clip the percentile, above 0 and up to 100: 100 is the largest magnitude
   */
  public static double reach(float[] values, double clip) {
    var magnitudes = new float[values.length];
    var count = 0;
    for (var value : values) {
      if (Float.isFinite(value)) {
        magnitudes[count++] = Math.abs(value);
      }
    }
    if (count == 0) {
      return 0;
    }
    Arrays.sort(magnitudes, 0, count);
    var place = Math.clamp((int) Math.ceil(clip / 100 * count) - 1, 0, count - 1);
    return magnitudes[place] > 0 ? magnitudes[place] : magnitudes[count - 1];
  }

  /** A value's position in the range: 0 to 1 inside, 0 in an empty range, NaN for NaN. */
  public double apply(double value) {
    if (Double.isNaN(value)) {
      return value;
    }
    var range = high - low;
    return range > 0 ? (value - low) / range : 0;
  }
}
