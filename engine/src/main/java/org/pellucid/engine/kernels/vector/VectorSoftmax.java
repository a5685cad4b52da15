package org.pellucid.engine.kernels.vector;

import java.util.Optional;
import jdk.incubator.vector.VectorOperators;
import org.pellucid.engine.kernels.SoftmaxKernels;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/** Softmax and its gradient along rows that lie whole in memory. */
final class VectorSoftmax implements SoftmaxKernels {
  /** Numbers that one thread takes at a time. */
  private static final long PIECE = 1 << 14;

  private final Workers workers;
  private final SoftmaxKernels portable;

  VectorSoftmax(Workers workers, SoftmaxKernels portable) {
    this.workers = workers;
    this.portable = portable;
  }

  /** Whether the mask, if there is one, lies whole beside each row. */
  private static boolean fits(Tensor x, Optional<Tensor> mask) {
    return x.rank() > 0
        && x.elements() > 0
        && mask.map(m -> m.rank() > 0 && m.size(-1) == x.size(-1)).orElse(true);
  }

  @Override
  public void forward(Tensor x, double factor, Optional<Tensor> mask, Tensor out) {
    if (!fits(x, mask)) {
      portable.forward(x, factor, mask, out);
      return;
    }
    var width = x.size(-1);
    var from = VectorKernels.address(x);
    var to = VectorKernels.address(out);
    var masks = mask.map(m -> new MaskRows(m, x.shape()));
    rows(
        x.elements() / width,
        width,
        row -> {
          var at = to + row * width * 4;
          var shift = masks.map(m -> m.address(row)).orElse(0L);
          var largest = prepare(from + row * width * 4, (float) factor, shift, at, width);
          scale(at, 1 / exponentials(at, largest, width), width);
        });
  }

  private void rows(long rows, long width, RowConsumer consumer) {
    workers.ranges(
        rows,
        Math.max(1, PIECE / width),
        (start, end) -> {
          for (var row = start; row < end; row++) {
            consumer.accept(row);
          }
        });
  }

  @FunctionalInterface
  private interface RowConsumer {
    void accept(long row);
  }

  /** Where the mask of a row begins: axes of size 1 stay where they are. */
  private static final class MaskRows {
    private final long address;
    private final long[] shape;
    private final long[] strides;

    MaskRows(Tensor mask, long[] shape) {
      this.address = VectorKernels.address(mask);
      this.shape = shape;
      var sizes = Shapes.padded(mask.shape(), shape.length);
      this.strides = Shapes.strides(sizes);
      for (var axis = 0; axis < sizes.length; axis++) {
        strides[axis] = sizes[axis] == 1 ? 0 : strides[axis];
      }
    }

    long address(long row) {
      var rest = row;
      var offset = 0L;
      for (var axis = shape.length - 2; axis >= 0; axis--) {
        offset += rest % shape[axis] * strides[axis];
        rest /= shape[axis];
      }
      return address + offset * Float.BYTES;
    }
  }

  /**
   * {@code out = factor · x + mask}; returns the largest of it.
   *
   * @param mask an address, or 0 for none
   * @param out may be {@code x}
   */
  static float prepare(long x, float factor, long mask, long out, long width) {
    return mask == 0 ? scale(x, factor, out, width) : scaleAndAdd(x, factor, mask, out, width);
  }

  private static float scale(long x, float factor, long out, long width) {
    var largest = Lanes.broadcast(Float.NEGATIVE_INFINITY);
    var whole = Lanes.whole(width) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      var value = Lanes.load(x + i).mul(factor);
      Lanes.store(value, out + i);
      largest = largest.max(value);
    }
    var result = largest.reduceLanes(VectorOperators.MAX);
    if (whole < width * 4) {
      var some = Lanes.first(width - whole / 4);
      var value = Lanes.load(x + whole, some).mul(factor);
      Lanes.store(value, out + whole, some);
      result = Math.max(result, value.reduceLanes(VectorOperators.MAX, some));
    }
    return result;
  }

  private static float scaleAndAdd(long x, float factor, long mask, long out, long width) {
    var largest = Lanes.broadcast(Float.NEGATIVE_INFINITY);
    var whole = Lanes.whole(width) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      var value = Lanes.load(x + i).mul(factor).add(Lanes.load(mask + i));
      Lanes.store(value, out + i);
      largest = largest.max(value);
    }
    var result = largest.reduceLanes(VectorOperators.MAX);
    if (whole < width * 4) {
      var some = Lanes.first(width - whole / 4);
      var value = Lanes.load(x + whole, some).mul(factor).add(Lanes.load(mask + whole, some));
      Lanes.store(value, out + whole, some);
      result = Math.max(result, value.reduceLanes(VectorOperators.MAX, some));
    }
    return result;
  }

  /** {@code x = exp(x − largest)} in place; returns the sum. */
  static float exponentials(long x, float largest, long width) {
    var sum = Lanes.zero();
    var whole = Lanes.whole(width) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      var value = VectorMath.exp(Lanes.load(x + i).sub(largest));
      Lanes.store(value, x + i);
      sum = sum.add(value);
    }
    if (whole < width * 4) {
      var some = Lanes.first(width - whole / 4);
      var value = VectorMath.exp(Lanes.load(x + whole, some).sub(largest));
      Lanes.store(value, x + whole, some);
      sum = sum.add(value, some);
    }
    return Lanes.sum(sum);
  }

  /** {@code x = factor · x} in place. */
  static void scale(long x, float factor, long width) {
    var whole = Lanes.whole(width) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(Lanes.load(x + i).mul(factor), x + i);
    }
    if (whole < width * 4) {
      var some = Lanes.first(width - whole / 4);
      Lanes.store(Lanes.load(x + whole, some).mul(factor), x + whole, some);
    }
  }

  @Override
  public void gradient(Tensor output, Tensor gradient, double factor, Tensor out) {
    if (!fits(out, Optional.empty())) {
      portable.gradient(output, gradient, factor, out);
      return;
    }
    var width = output.size(-1);
    var y = VectorKernels.address(output);
    var g = VectorKernels.address(gradient);
    var to = VectorKernels.address(out);
    rows(
        output.elements() / width,
        width,
        row -> {
          var at = row * width * 4;
          var mean = dot(y + at, g + at, width);
          centre(y + at, g + at, mean, (float) factor, to + at, width);
        });
  }

  /** {@code Σ first · second}. */
  static float dot(long first, long second, long width) {
    var sum = Lanes.zero();
    var whole = Lanes.whole(width) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      sum = Lanes.load(first + i).fma(Lanes.load(second + i), sum);
    }
    if (whole < width * 4) {
      var some = Lanes.first(width - whole / 4);
      sum = Lanes.load(first + whole, some).fma(Lanes.load(second + whole, some), sum);
    }
    return Lanes.sum(sum);
  }

  /** {@code out = factor · y · (g − mean)}; {@code out} may be {@code g}. */
  static void centre(long y, long g, float mean, float factor, long out, long width) {
    var whole = Lanes.whole(width) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      var centred = Lanes.load(g + i).sub(mean).mul(Lanes.load(y + i));
      Lanes.store(centred.mul(factor), out + i);
    }
    if (whole < width * 4) {
      var some = Lanes.first(width - whole / 4);
      var centred = Lanes.load(g + whole, some).sub(mean).mul(Lanes.load(y + whole, some));
      Lanes.store(centred.mul(factor), out + whole, some);
    }
  }
}
