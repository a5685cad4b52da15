package org.pellucid.models;

import static org.pellucid.engine.tensor.Shapes.check;

/** Rows of logits as probabilities, computed in double precision. */
public final class Probabilities {
  private Probabilities() {}

  /** {@code exp(x − max) / Σ exp(x − max)} of one row. */
  public static double[] softmax(double... logits) {
    var largest = Double.NEGATIVE_INFINITY;
    for (var logit : logits) {
      largest = Math.max(largest, logit);
    }
    var probabilities = new double[logits.length];
    var sum = 0.0;
    for (var i = 0; i < logits.length; i++) {
      probabilities[i] = Math.exp(logits[i] - largest);
      sum += probabilities[i];
    }
    for (var i = 0; i < logits.length; i++) {
      probabilities[i] /= sum;
    }
    return probabilities;
  }

  /**
   * The probabilities of one row among several.
   *
   * @param logits {@code [rows, columns]}
   * @throws IllegalArgumentException if there is no such row
   */
  public static double[] softmax(float[] logits, int row, int columns) {
    check(
        row >= 0 && columns > 0 && (row + 1L) * columns <= logits.length,
        "There is no row %d of %d numbers among %d",
        row,
        columns,
        logits.length);
    var wide = new double[columns];
    for (var i = 0; i < columns; i++) {
      wide[i] = logits[row * columns + i];
    }
    return softmax(wide);
  }

  /** The index of the largest value, the first one of several equal. */
  public static int largest(double... values) {
    var best = 0;
    for (var i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
