package org.pellucid.engine.kernels.vector;

import java.util.Arrays;
import java.util.Optional;
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
      return;
    }
    Repetition.of(second, first, out)
        .ifPresentOrElse(
            repeats -> combine(first, second, repeats, out, VectorArithmetic::add),
            () -> portable.add(first, second, out));
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
      return;
    }
    Repetition.of(second, first, out)
        .ifPresentOrElse(
            repeats -> combine(first, second, repeats, out, VectorArithmetic::multiply),
            () -> portable.multiply(first, second, out));
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

  /** The second operand is as large as the first. */
  private void combine(Tensor first, Tensor second, Tensor out, Loop loop) {
    combine(first, second, new Repetition(1, 1, first.elements()), out, loop);
  }

  /** The second operand repeats as often as the first needs. */
  private void combine(Tensor first, Tensor second, Repetition repeats, Tensor out, Loop loop) {
    var a = VectorKernels.address(first);
    var b = VectorKernels.address(second);
    var y = VectorKernels.address(out);
    var period = repeats.period();
    if (repeats.parts() * repeats.times() == 1) {
      workers.ranges(
          period,
          PIECE,
          (start, end) -> loop.run(a + start * 4, b + start * 4, y + start * 4, end - start));
      return;
    }
    workers.ranges(
        repeats.parts() * repeats.times(),
        Math.max(1, PIECE / period),
        (start, end) -> {
          for (var line = start; line < end; line++) {
            var shift = line * period * 4;
            loop.run(a + shift, b + line / repeats.times() * period * 4, y + shift, period);
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

  /**
   * How a tensor repeats in a larger one without gaps: each of its {@code parts} of {@code period}
   * numbers lies there so many {@code times}.
   */
  private record Repetition(long parts, long times, long period) {
    private static final int SHORTEST = Lanes.COUNT;

    /** Empty where the tensor repeats along other axes, or runs are too short to be worth it. */
    static Optional<Repetition> of(Tensor small, Tensor large, Tensor out) {
      if (small.elements() == 0
          || small.rank() > large.rank()
          || !Arrays.equals(large.shape(), out.shape())) {
        return Optional.empty();
      }
      var sizes = Shapes.padded(small.shape(), large.rank());
      var axis = large.rank() - 1;
      var period = 1L;
      for (; axis >= 0 && sizes[axis] == large.size(axis); axis--) {
        period *= sizes[axis];
      }
      var times = 1L;
      for (; axis >= 0 && sizes[axis] == 1; axis--) {
        times *= large.size(axis);
      }
      var parts = 1L;
      for (; axis >= 0 && sizes[axis] == large.size(axis); axis--) {
        parts *= sizes[axis];
      }
      return axis < 0 && (parts == 1 || period >= SHORTEST)
          ? Optional.of(new Repetition(parts, times, period))
          : Optional.empty();
    }
  }
}
