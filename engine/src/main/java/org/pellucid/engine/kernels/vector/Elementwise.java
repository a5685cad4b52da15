package org.pellucid.engine.kernels.vector;

import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
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
final class Elementwise {
  private static final long PIECE = 1 << 15;

  private final Workers workers;

  /** Works on {@code count} numbers at three addresses. */
  @FunctionalInterface
  private interface Loop {
    void run(long first, long second, long out, long count);
  }

  Elementwise(Workers workers) {
    this.workers = workers;
  }

  void add(Tensor first, Tensor second, Tensor out) {
    combine(first, second, out, Elementwise::add);
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

  void multiply(Tensor first, Tensor second, Tensor out) {
    combine(first, second, out, Elementwise::multiply);
  }

  private static void multiply(long first, long second, long out, long count) {
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

  void addScaled(Tensor x, double factor, Tensor accumulator) {
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

  void scale(Tensor x, double factor, Tensor out) {
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

  void relu(Tensor x, Tensor out) {
    combine(x, x, out, (from, _, to, count) -> relu(from, to, count));
  }

  private static void relu(long x, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(Lanes.load(x + i).max(0f), out + i);
    }
    if (whole < count * 4) {
      var rest = rest(count);
      Lanes.store(Lanes.load(x + whole, rest).max(0f), out + whole, rest);
    }
  }

  void reluGradient(Tensor output, Tensor gradient, Tensor out) {
    combine(output, gradient, out, Elementwise::reluGradient);
  }

  private static void reluGradient(long output, long gradient, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      var open = Lanes.load(output + i).compare(VectorOperators.GT, 0f);
      Lanes.store(Lanes.zero().blend(Lanes.load(gradient + i), open), out + i);
    }
    if (whole < count * 4) {
      var rest = rest(count);
      var open = Lanes.load(output + whole, rest).compare(VectorOperators.GT, 0f);
      Lanes.store(Lanes.zero().blend(Lanes.load(gradient + whole, rest), open), out + whole, rest);
    }
  }

  void fill(double value, Tensor out) {
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

  /** Reorders four axes: runs along the last one are copied whole where it stays last. */
  void permute(Tensor x, int[] axes, Tensor out) {
    var strides = Shapes.strides(x.shape());
    var from = VectorKernels.address(x);
    var to = VectorKernels.address(out);
    var planes = (int) (out.size(0) * out.size(1));
    var rows = out.size(2);
    var columns = out.size(3);
    var rowStride = strides[axes[2]];
    var columnStride = strides[axes[3]];
    workers.run(
        planes,
        plane -> {
          var source =
              from
                  + (plane / out.size(1) * strides[axes[0]]
                          + plane % out.size(1) * strides[axes[1]])
                      * 4;
          var target = to + plane * rows * columns * 4;
          for (var row = 0L; row < rows; row++) {
            var line = source + row * rowStride * 4;
            if (columnStride == 1) {
              Lanes.copy(line, target + row * columns * 4, columns * 4);
              continue;
            }
            for (var column = 0L; column < columns; column++) {
              Lanes.set(
                  target + (row * columns + column) * 4,
                  Lanes.get(line + column * columnStride * 4));
            }
          }
        });
  }
}
