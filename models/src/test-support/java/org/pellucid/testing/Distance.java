package org.pellucid.testing;

/** How far numbers are from those expected. */
public final class Distance {
  private Distance() {}

  /** The norm of the difference over the norm of what is expected. */
  public static double relative(double[] actual, double[] expected) {
    if (actual.length != expected.length) {
      throw new AssertionError(
          actual.length + " values where " + expected.length + " are expected");
    }
    var difference = 0.0;
    var norm = 0.0;
    for (var i = 0; i < expected.length; i++) {
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }

  /** The cosine of the angle between two vectors. */
  public static double cosine(double[] actual, double[] expected) {
    var product = 0.0;
    var first = 0.0;
    var second = 0.0;
    for (var i = 0; i < expected.length; i++) {
      product += actual[i] * expected[i];
      first += actual[i] * actual[i];
      second += expected[i] * expected[i];
    }
    return product / Math.sqrt(first * second);
  }

  /** The largest absolute difference. */
  public static double largest(double[] actual, double[] expected) {
    var largest = 0.0;
    for (var i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
    }
    return largest;
  }

  /** The square root of the mean of the squares. */
  static double rootMeanSquare(double[] values) {
    var sum = 0.0;
    for (var value : values) {
      sum += value * value;
    }
    return Math.sqrt(sum / values.length);
  }
}
