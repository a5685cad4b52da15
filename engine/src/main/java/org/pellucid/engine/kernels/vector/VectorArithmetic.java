package org.pellucid.engine.kernels.vector;

import java.util.Arrays;
import jdk.incubator.vector.VectorMask;
import org.pellucid.engine.kernels.ArithmeticKernels;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * Arithmetic that treats each element alike, in pieces that fit the second-level cache.
 *
 * <p>Every operation has a loop of its own. One loop that is handed the arithmetic as a function
 * compiles to a call a vector, with the vectors on the heap, as soon as it has seen three
 * functions.
 */
final class VectorArithmetic implements ArithmeticKernels {
  private static final long PIECE = 1 << 15;

  private final Workers workers;
  private final ArithmeticKernels portable;
  private final Sums sums;

  /** Works on {@code count} numbers at three addresses. */
  @FunctionalInterface
  private interface Loop {
    void run(long first, long second, long out, long count);
  }

  VectorArithmetic(Workers workers, ArithmeticKernels portable) {
    this.workers = workers;
    this.portable = portable;
    this.sums = new Sums(workers);
  }

  @Override
  public void add(Tensor first, Tensor second, Tensor out) {
    if (isNumber(second, first, out)) {
      var number = Lanes.get(VectorKernels.address(second));
      combine(first, first, out, (from, _, to, count) -> shift(from, number, to, count));
    } else if (repeats(second, first, out)) {
      combine(first, second, out, VectorArithmetic::add);
    } else {
      portable.add(first, second, out);
    }
  }

  /** {@code out = first + second} for {@code count} numbers; {@code out} may be either. */
  static void add(long first, long second, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(Lanes.load(first + i).add(Lanes.load(second + i)), out + i);
    }
    if (whole < count * 4) {
      var rest = rest(count);
      var sum = Lanes.load(first + whole, rest).add(Lanes.load(second + whole, rest));
      Lanes.store(sum, out + whole, rest);
    }
  }

  @Override
  public void multiply(Tensor first, Tensor second, Tensor out) {
    if (isNumber(second, first, out)) {
      scale(first, Lanes.get(VectorKernels.address(second)), out);
    } else if (repeats(second, first, out)) {
      combine(first, second, out, VectorArithmetic::multiply);
    } else {
      portable.multiply(first, second, out);
    }
  }

  /** {@code out = first · second} for {@code count} numbers; {@code out} may be either. */
  static void multiply(long first, long second, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(Lanes.load(first + i).mul(Lanes.load(second + i)), out + i);
    }
    if (whole < count * 4) {
      var rest = rest(count);
      var product = Lanes.load(first + whole, rest).mul(Lanes.load(second + whole, rest));
      Lanes.store(product, out + whole, rest);
    }
  }

  @Override
  public void addScaled(Tensor x, double factor, Tensor accumulator) {
    var scale = (float) factor;
    combine(
        accumulator,
        x,
        accumulator,
        (sum, term, out, count) -> addScaled(sum, term, scale, out, count));
  }

  private static void addScaled(long sum, long term, float scale, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(Lanes.load(term + i).mul(scale).add(Lanes.load(sum + i)), out + i);
    }
    if (whole < count * 4) {
      var rest = rest(count);
      var added = Lanes.load(term + whole, rest).mul(scale).add(Lanes.load(sum + whole, rest));
      Lanes.store(added, out + whole, rest);
    }
  }

  @Override
  public void scale(Tensor x, double factor, Tensor out) {
    var scale = (float) factor;
    combine(x, x, out, (from, _, to, count) -> scale(from, scale, to, count));
  }

  private static void scale(long x, float factor, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(Lanes.load(x + i).mul(factor), out + i);
    }
    if (whole < count * 4) {
      var rest = rest(count);
      Lanes.store(Lanes.load(x + whole, rest).mul(factor), out + whole, rest);
    }
  }

  private static void shift(long x, float number, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(Lanes.load(x + i).add(number), out + i);
    }
    if (whole < count * 4) {
      var rest = rest(count);
      Lanes.store(Lanes.load(x + whole, rest).add(number), out + whole, rest);
    }
  }

  @Override
  public void fill(double value, Tensor out) {
    combine(out, out, out, (_, _, to, count) -> fill((float) value, to, count));
  }

  private static void fill(float value, long out, long count) {
    var vector = Lanes.broadcast(value);
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(vector, out + i);
    }
    if (whole < count * 4) {
      Lanes.store(vector, out + whole, rest(count));
    }
  }

  private static VectorMask<Float> rest(long count) {
    return Lanes.first(count - Lanes.whole(count));
  }

  /** The second operand repeats as often as the first needs. */
  private void combine(Tensor first, Tensor second, Tensor out, Loop loop) {
    var a = VectorKernels.address(first);
    var b = VectorKernels.address(second);
    var y = VectorKernels.address(out);
    var period = second.elements();
    if (period == first.elements()) {
      workers.ranges(
          period,
          PIECE,
          (start, end) -> loop.run(a + start * 4, b + start * 4, y + start * 4, end - start));
      return;
    }
    workers.ranges(
        first.elements() / period,
        Math.max(1, PIECE / period),
        (start, end) -> {
          for (var line = start; line < end; line++) {
            loop.run(a + line * period * 4, b, y + line * period * 4, period);
          }
        });
  }

  @Override
  public void sum(Tensor x, Tensor out) {
    if (x.elements() == 0 || !sums.run(x, out)) {
      portable.sum(x, out);
    }
  }

  /** Whether the second operand is a single number, for which loops over it would be too short. */
  private static boolean isNumber(Tensor second, Tensor first, Tensor out) {
    return second.elements() == 1 && Arrays.equals(first.shape(), out.shape());
  }

  /** Whether {@code small} repeats along the last axes of {@code large} without gaps. */
  private static boolean repeats(Tensor small, Tensor large, Tensor out) {
    return Arrays.equals(large.shape(), out.shape())
        && small.elements() > 0
        && Arrays.equals(
            Shapes.padded(small.shape(), large.rank()), suffix(large.shape(), small.elements()));
  }

  private static long[] suffix(long[] shape, long elements) {
    var result = new long[shape.length];
    Arrays.fill(result, 1);
    var product = 1L;
    for (var axis = shape.length - 1; axis >= 0 && product < elements; axis--) {
      result[axis] = shape[axis];
      product *= shape[axis];
    }
    return result;
  }
}
