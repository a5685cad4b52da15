package org.pellucid.engine.tensor;

import java.util.Arrays;

/** Arithmetic on shapes, with the checks that every operation begins with. */
public final class Shapes {
  private Shapes() {}

  /**
   * The number of elements of a shape; 1 for a scalar {@code []}.
   *
   * @throws IllegalArgumentException if a size is negative or the product overflows
   */
  public static long elements(long... shape) {
    var product = 1L;
    for (var size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException(
            "A shape has no negative sizes, but this is " + text(shape) + ".");
      }
      product = Math.multiplyExact(product, size);
    }
    return product;
  }

  /** C-order strides of a dense tensor, in elements. */
  public static long[] strides(long... shape) {
    var strides = new long[shape.length];
    var stride = 1L;
    for (var axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    return strides;
  }

  /**
   * The shape two operands broadcast to by NumPy's rules: aligned at the last axis, a size of 1
   * stretches.
   *
   * @throws IllegalArgumentException if the shapes don't fit together
   */
  public static long[] broadcast(long[] first, long[] second) {
    var rank = Math.max(first.length, second.length);
    var result = new long[rank];
    for (var axis = 0; axis < rank; axis++) {
      var a = fromRight(first, rank - axis);
      var b = fromRight(second, rank - axis);
      check(a == b || a == 1 || b == 1, "The shapes %s and %s don't broadcast", first, second);
      result[axis] = a == 1 ? b : a;
    }
    return result;
  }

  private static long fromRight(long[] shape, int distance) {
    return distance > shape.length ? 1 : shape[shape.length - distance];
  }

  /** Whether {@code small} stretches to exactly {@code large} under broadcasting. */
  public static boolean broadcastsTo(long[] small, long[] large) {
    if (small.length > large.length) {
      return false;
    }
    for (var distance = 1; distance <= small.length; distance++) {
      var size = small[small.length - distance];
      if (size != 1 && size != large[large.length - distance]) {
        return false;
      }
    }
    return true;
  }

  /** A copy of {@code shape} with ones in front until it has {@code rank} axes. */
  public static long[] padded(long[] shape, int rank) {
    var result = new long[rank];
    Arrays.fill(result, 1);
    System.arraycopy(shape, 0, result, rank - shape.length, shape.length);
    return result;
  }

  /** A shape as it is written in messages, such as {@code [8, 128, 128, 3]}. */
  public static String text(long... shape) {
    return Arrays.toString(shape);
  }

  /**
   * Throws unless {@code condition} holds.
   *
   * @param arguments of the message; shapes are written as {@link #text} does, but only if it is
   *     needed
   * @throws IllegalArgumentException with the formatted message
   */
  public static void check(boolean condition, String message, Object... arguments) {
    if (!condition) {
      var written =
          Arrays.stream(arguments)
              .map(argument -> argument instanceof long[] shape ? text(shape) : argument)
              .toArray();
      throw new IllegalArgumentException(message.formatted(written) + ".");
    }
  }

  /**
   * Throws unless the tensor has exactly the given shape.
   *
   * @throws IllegalArgumentException naming the tensor and both shapes
   */
  public static void checkShape(String name, Tensor tensor, long... expected) {
    check(
        Arrays.equals(tensor.shape(), expected),
        "%s has the shape %s where %s is needed",
        name,
        tensor.shape(),
        expected);
  }

  /**
   * Throws unless the tensor has the given number of axes.
   *
   * @throws IllegalArgumentException naming the tensor and its shape
   */
  public static void checkRank(String name, Tensor tensor, int rank) {
    check(
        tensor.rank() == rank,
        "%s has the shape %s where %d axes are needed",
        name,
        tensor.shape(),
        rank);
  }
}
