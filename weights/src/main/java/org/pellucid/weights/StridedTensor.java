package org.pellucid.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import org.pellucid.weights.WeightsException.Cause;

/**
 * A tensor that lies in a piece of a file with strides, as PyTorch stores views; several may share
 * one piece.
 */
public final class StridedTensor implements WeightTensor {
  private final TensorInfo info;
  private final MemorySegment storage;
  private final long offset;
  private final long[] strides;
  private final ByteOrder order;

  private StridedTensor(
      TensorInfo info, MemorySegment storage, long offset, long[] strides, ByteOrder order) {
    this.info = info;
    this.storage = storage;
    this.offset = offset;
    this.strides = strides;
    this.order = order;
  }

  /**
   * A tensor over {@code storage}.
   *
   * @param offset of the first element, in elements
   * @param strides in elements, one an axis
   * @throws WeightsException if the tensor reaches outside of the storage
   */
  public static StridedTensor of(
      Path file,
      TensorInfo info,
      MemorySegment storage,
      long offset,
      long[] strides,
      ByteOrder order) {
    var last = offset;
    var fits = offset >= 0 && strides.length == info.shape().length;
    try {
      for (var axis = 0; fits && axis < strides.length; axis++) {
        fits = info.shape()[axis] >= 0 && strides[axis] >= 0;
        last =
            Math.addExact(
                last, Math.multiplyExact(Math.max(0, info.shape()[axis] - 1), strides[axis]));
      }
      var empty = fits && info.elements() == 0;
      fits &= empty || Math.multiplyExact(last + 1, info.dtype().bytes()) <= storage.byteSize();
      fits &= info.bytes() <= Integer.MAX_VALUE * 64L;
    } catch (ArithmeticException _) {
      fits = false;
    }
    if (!fits) {
      throw new WeightsException(
          Cause.INVALID_TENSOR,
          file,
          "the tensor %s with strides %s at %d reaches outside of its storage of %d bytes; "
              + "the file is damaged",
          info,
          Arrays.toString(strides),
          offset,
          storage.byteSize());
    }
    return new StridedTensor(info, storage, offset, strides, order);
  }

  @Override
  public TensorInfo info() {
    return info;
  }

  @Override
  public MemorySegment bytes() {
    var width = info.dtype().bytes();
    if (isDense() && (order == ByteOrder.LITTLE_ENDIAN || width == 1)) {
      return storage.asSlice(offset * width, info.bytes()).asReadOnly();
    }
    var dense = MemorySegment.ofArray(new byte[Math.toIntExact(info.bytes())]);
    var index = new long[strides.length];
    for (var to = 0L; to < dense.byteSize(); to += width) {
      var from = offset;
      for (var axis = 0; axis < strides.length; axis++) {
        from += index[axis] * strides[axis];
      }
      copyElement(from * width, dense, to, width);
      for (var axis = strides.length - 1; axis >= 0; axis--) {
        if (++index[axis] < info.shape()[axis]) {
          break;
        }
        index[axis] = 0;
      }
    }
    return dense.asReadOnly();
  }

  private void copyElement(long from, MemorySegment dense, long to, int width) {
    for (var i = 0; i < width; i++) {
      var source = order == ByteOrder.LITTLE_ENDIAN ? i : width - 1 - i;
      dense.set(ValueLayout.JAVA_BYTE, to + i, storage.get(ValueLayout.JAVA_BYTE, from + source));
    }
  }

  private boolean isDense() {
    var expected = 1L;
    for (var axis = strides.length - 1; axis >= 0; axis--) {
      if (info.shape()[axis] != 1 && strides[axis] != expected) {
        return false;
      }
      expected *= info.shape()[axis];
    }
    return true;
  }

  /** Strides of a dense tensor, in elements. */
  public static long[] denseStrides(long[] shape) {
    var strides = new long[shape.length];
    var stride = 1L;
    for (var axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.max(1, shape[axis]);
    }
    return strides;
  }
}
