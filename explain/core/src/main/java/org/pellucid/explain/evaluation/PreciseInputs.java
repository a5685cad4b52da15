package org.pellucid.explain.evaluation;

/**
 * Inputs that are computed in double precision; a model in single precision gets them rounded.
 *
 * @param size the number of values in one input
 * @param rows computes them
 */
public record PreciseInputs(int size, Rows rows) implements Evaluator.Inputs {

  /** Computes one input after another. */
  @FunctionalInterface
  public interface Rows {
    /** Writes one input in C order. Several threads call this at the same time. */
    void write(int number, double[] target);
  }

  /** One input, whatever its number. */
  public static PreciseInputs same(double[] input) {
    return new PreciseInputs(
        input.length, (_, target) -> System.arraycopy(input, 0, target, 0, input.length));
  }

  /**
   * Inputs on the straight line between two.
   *
   * @param from the input at position 0
   * @param to the input at position 1
   * @param positions of the inputs, by number
   */
  public static PreciseInputs line(double[] from, double[] to, double[] positions) {
    return new PreciseInputs(
        from.length,
        (number, target) -> {
          for (var i = 0; i < from.length; i++) {
            target[i] = from[i] + positions[number] * (to[i] - from[i]);
          }
        });
  }

  @Override
  public void write(int number, float[] target, int offset) {
    var row = new double[size];
    rows.write(number, row);
    for (var i = 0; i < size; i++) {
      target[offset + i] = (float) row[i];
    }
  }

  @Override
  public void write(int number, double[] target) {
    rows.write(number, target);
  }
}
