package org.pellucid.explain.evaluation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import org.pellucid.engine.tensor.Shapes;

/**
 * Immutable single-precision numbers of a shape, in C order: an input, a map of attributions, a
 * layer's output. Equal if shapes and bits are equal.
 */
public final class Values {
  private final float[] numbers;
  private final long[] shape;

  private Values(float[] numbers, long[] shape) {
    check(
        numbers.length == Shapes.elements(shape),
        "%d values don't fill the shape %s",
        numbers.length,
        Shapes.text(shape));
    this.numbers = numbers;
    this.shape = shape;
  }

  /**
   * A copy of numbers under a shape.
   *
   * @throws IllegalArgumentException if they don't fill it
   */
  public static Values of(float[] numbers, long... shape) {
    return new Values(numbers.clone(), shape.clone());
  }

  /**
   * Numbers rounded to single precision under a shape.
   *
   * @throws IllegalArgumentException if they don't fill it
   */
  public static Values of(double[] numbers, long... shape) {
    return new Values(toFloats(numbers), shape.clone());
  }

  /** The numbers rounded to single precision. */
  static float[] toFloats(double[] numbers) {
    var result = new float[numbers.length];
    for (var i = 0; i < numbers.length; i++) {
      result[i] = (float) numbers[i];
    }
    return result;
  }

  /** A copy of the shape. */
  public long[] shape() {
    return shape.clone();
  }

  /** The number of axes. */
  public int rank() {
    return shape.length;
  }

  /** The size of an axis; a negative number counts from the last, which is −1. */
  public int size(int axis) {
    return Math.toIntExact(shape[axis < 0 ? shape.length + axis : axis]);
  }

  /** The number of values. */
  public int length() {
    return numbers.length;
  }

  /** The value at a position in C order. */
  public float get(int index) {
    return numbers[index];
  }

  /** A copy of the numbers in C order. */
  public float[] toArray() {
    return numbers.clone();
  }

  /** The numbers in C order, in double precision. */
  public double[] toDoubles() {
    var wide = new double[numbers.length];
    for (var i = 0; i < wide.length; i++) {
      wide[i] = numbers[i];
    }
    return wide;
  }

  /** Copies all numbers into an array from {@code offset} on. */
  public void copyTo(float[] target, int offset) {
    System.arraycopy(numbers, 0, target, offset, numbers.length);
  }

  /** The smallest value that is not NaN; positive infinity if there is none. */
  public float min() {
    var least = Float.POSITIVE_INFINITY;
    for (var number : numbers) {
      least = number < least ? number : least;
    }
    return least;
  }

  /** The largest value that is not NaN; negative infinity if there is none. */
  public float max() {
    var largest = Float.NEGATIVE_INFINITY;
    for (var number : numbers) {
      largest = number > largest ? number : largest;
    }
    return largest;
  }

  /** The position of the largest value, the first of several. */
  public int indexOfLargest() {
    var best = 0;
    for (var i = 1; i < numbers.length; i++) {
      best = numbers[i] > numbers[best] ? i : best;
    }
    return best;
  }

  /** Whether all numbers are finite. */
  public boolean allFinite() {
    for (var number : numbers) {
      if (!Float.isFinite(number)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Values that
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(numbers, that.numbers);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(numbers);
  }

  @Override
  public String toString() {
    return "%s in %s..%s".formatted(Shapes.text(shape), min(), max());
  }
}
