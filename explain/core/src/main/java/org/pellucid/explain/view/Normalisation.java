package org.pellucid.explain.view;

import java.util.Arrays;

/**
 * The range of numbers that an image shows, linearly.
 *
 * @param low shown as 0
 * @param high shown as 1
 */
public record Normalisation(double low, double high) {
  private static final double SHOWN = 0.99;

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
    var magnitudes = new float[values.length];
    var count = 0;
    for (var value : values) {
      if (!Float.isNaN(value)) {
        magnitudes[count++] = Math.abs(value);
      }
    }
    if (count == 0) {
      return new Normalisation(-1, 1);
    }
    Arrays.sort(magnitudes, 0, count);
    var usual = magnitudes[(int) Math.ceil(SHOWN * count) - 1];
    var largest = magnitudes[count - 1];
    var reach = usual > 0 ? usual : largest > 0 ? largest : 1;
    return new Normalisation(-reach, reach);
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
