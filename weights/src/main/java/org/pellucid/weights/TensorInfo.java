package org.pellucid.weights;

import java.util.Arrays;

/**
 * A tensor's name, type and shape.
 *
 * @param shape the sizes along the axes; empty for a scalar
 */
public record TensorInfo(String name, DType dtype, long[] shape) {

  /** The number of elements. */
  public long elements() {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  /** The number of bytes when dense. */
  public long bytes() {
    return Math.multiplyExact(elements(), dtype.bytes());
  }

  /** The same tensor under another name. */
  public TensorInfo named(String newName) {
    return new TensorInfo(newName, dtype, shape);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorInfo info
        && info.name.equals(name)
        && info.dtype == dtype
        && Arrays.equals(info.shape, shape);
  }

  @Override
  public int hashCode() {
    return name.hashCode() * 31 + Arrays.hashCode(shape);
  }

  @Override
  public String toString() {
    return name + " " + dtype + Arrays.toString(shape);
  }
}
