package org.pellucid.explain.view;

/**
 * The linear range of numbers that a picture shows.
 *
 * @param low shown as 0
 * @param high shown as 1
 */
public record Normalisation(double low, double high) {

  /** From the smallest to the largest value; an even map shows as 0 everywhere. */
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

  /** The same distance to both sides of zero, as far as the largest magnitude. */
  public static Normalisation symmetric(float[] values) {
    var reach = 0.0;
    for (var value : values) {
      reach = Float.isNaN(value) ? reach : Math.max(reach, Math.abs(value));
    }
    return new Normalisation(-reach, reach);
  }

  /** Where a value lies in the range: 0 to 1 inside, NaN stays NaN. */
  public double apply(double value) {
    if (Double.isNaN(value)) {
      return value;
    }
    var range = high - low;
    if (!(range > 0)) {
      return low < 0 || high > 0 && low == -high ? 0.5 : 0;
    }
    return (value - low) / range;
  }
}
