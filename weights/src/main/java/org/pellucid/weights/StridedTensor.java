package org.pellucid.weights;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;
import org.pellucid.weights.WeightsException.Cause;

/**
 * A tensor that lies in a piece of a file with strides, as PyTorch stores views; several may share
 * one piece.
 */
public final class StridedTensor implements WeightTensor {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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
   * @param location where the file tells of it
   * @param offset of the first element, in elements
   * @param strides in elements, one an axis
   * @throws WeightsException if the tensor reaches outside of the storage
   */
  public static StridedTensor of(
      FileLocation location,
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
      fits &=
          empty
              || Math.multiplyExact(Math.addExact(last, 1), info.dtype().bytes())
                  <= storage.byteSize();
      fits &= info.bytes() >= 0;
    } catch (ArithmeticException _) {
      fits = false;
    }
    if (!fits) {
      throw new WeightsException(
          Cause.INVALID_TENSOR,
          location.of(info.name()),
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
    if (info.elements() == 0) {
      return storage.asSlice(0, 0).asReadOnly();
    }
    if (isDense() && isLittleEndian()) {
      return storage.asSlice(offset * info.dtype().bytes(), info.bytes()).asReadOnly();
    }
    return new ChunkedTensor(info, this::gather).bytes();
  }

  @Override
  public void forEachChunk(Consumer<MemorySegment> action) {
    if (isDense() && isLittleEndian()) {
      WeightTensor.super.forEachChunk(action);
    } else {
      gather(action);
    }
  }

  private boolean isLittleEndian() {
    return order == ByteOrder.LITTLE_ENDIAN || info.dtype().bytes() == 1;
  }

  /** Copies row by row: the last axis runs within a row, an odometer counts the others. */
  private void gather(Consumer<MemorySegment> action) {
    var width = info.dtype().bytes();
    var row = strides.length == 0 ? 1 : info.shape()[strides.length - 1];
    var step = strides.length == 0 ? 1 : strides[strides.length - 1];
    var chunk = MemorySegment.ofArray(new byte[(int) Math.min(CHUNK, info.bytes())]);
    var filled = 0L;
    var index = new long[Math.max(0, strides.length - 1)];
    for (var rest = info.elements(); rest > 0; rest -= row) {
      var from = offset;
      for (var axis = 0; axis < index.length; axis++) {
        from += index[axis] * strides[axis];
      }
      for (var done = 0L; done < row; ) {
        var count = Math.min(row - done, (chunk.byteSize() - filled) / width);
        copy(from + done * step, step, count, chunk, filled);
        done += count;
        filled += count * width;
        if (filled == chunk.byteSize()) {
          action.accept(chunk.asReadOnly());
          filled = 0;
        }
      }
      advance(index);
    }
    if (filled > 0) {
      action.accept(chunk.asSlice(0, filled).asReadOnly());
    }
  }

  private void advance(long[] index) {
    for (var axis = index.length - 1; axis >= 0; axis--) {
      if (++index[axis] < info.shape()[axis]) {
        return;
      }
      index[axis] = 0;
    }
  }

  private void copy(long from, long step, long count, MemorySegment chunk, long to) {
    var width = info.dtype().bytes();
    var swaps = !isLittleEndian();
    for (var i = 0L; i < count; i++) {
      var source = (from + i * step) * width;
      var target = to + i * width;
      switch (width) {
        case 1 -> chunk.set(JAVA_BYTE, target, storage.get(JAVA_BYTE, source));
        case 2 -> {
          var bits = storage.get(SHORT, source);
          chunk.set(SHORT, target, swaps ? Short.reverseBytes(bits) : bits);
        }
        case 4 -> {
          var bits = storage.get(INT, source);
          chunk.set(INT, target, swaps ? Integer.reverseBytes(bits) : bits);
        }
        default -> {
          var bits = storage.get(LONG, source);
          chunk.set(LONG, target, swaps ? Long.reverseBytes(bits) : bits);
        }
      }
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
