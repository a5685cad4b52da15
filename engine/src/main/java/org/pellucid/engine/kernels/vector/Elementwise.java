package org.pellucid.engine.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/** Arithmetic that treats each element alike, in pieces that fit the second-level cache. */
final class Elementwise {
  private static final long PIECE = 1 << 15;

  private final Workers workers;

  @FunctionalInterface
  private interface Binary {
    FloatVector apply(FloatVector first, FloatVector second);
  }

  Elementwise(Workers workers) {
    this.workers = workers;
  }

  void add(Tensor first, Tensor second, Tensor out) {
    combine(first, second, out, FloatVector::add);
  }

  void multiply(Tensor first, Tensor second, Tensor out) {
    combine(first, second, out, FloatVector::mul);
  }

  void addScaled(Tensor x, double factor, Tensor accumulator) {
    var scale = (float) factor;
    combine(accumulator, x, accumulator, (sum, value) -> value.mul(scale).add(sum));
  }

  void scale(Tensor x, double factor, Tensor out) {
    var scale = (float) factor;
    combine(x, x, out, (value, _) -> value.mul(scale));
  }

  void relu(Tensor x, Tensor out) {
    combine(x, x, out, (value, _) -> value.max(0f));
  }

  void reluGradient(Tensor output, Tensor gradient, Tensor out) {
    combine(
        output, gradient, out, (y, g) -> Lanes.zero().blend(g, y.compare(VectorOperators.GT, 0f)));
  }

  void fill(double value, Tensor out) {
    var vector = Lanes.broadcast(value);
    combine(out, out, out, (_, _) -> vector);
  }

  /** The second operand repeats as often as the first needs. */
  private void combine(Tensor first, Tensor second, Tensor out, Binary operation) {
    var a = VectorKernels.address(first);
    var b = VectorKernels.address(second);
    var y = VectorKernels.address(out);
    var period = second.elements();
    if (period == first.elements()) {
      workers.ranges(
          first.elements(), PIECE, (start, end) -> run(a, b, y, start, end, start, operation));
    } else {
      var lines = Math.max(1, PIECE / period);
      workers.ranges(
          first.elements() / period,
          lines,
          (start, end) -> {
            for (var line = start; line < end; line++) {
              run(a, b, y, line * period, (line + 1) * period, 0, operation);
            }
          });
    }
  }

  private static void run(
      long a, long b, long y, long start, long end, long other, Binary operation) {
    var i = start;
    for (; i + Lanes.COUNT <= end; i += Lanes.COUNT) {
      var first = Lanes.load(a + i * 4);
      var second = Lanes.load(b + (other + i - start) * 4);
      Lanes.store(operation.apply(first, second), y + i * 4);
    }
    if (i < end) {
      var mask = Lanes.first(end - i);
      var first = Lanes.load(a + i * 4, mask);
      var second = Lanes.load(b + (other + i - start) * 4, mask);
      Lanes.store(operation.apply(first, second), y + i * 4, mask);
    }
  }

  /** Copies {@code row} into every row of {@code out}. */
  void repeat(Tensor row, Tensor out) {
    var bytes = row.elements() * Float.BYTES;
    var from = VectorKernels.address(row);
    var to = VectorKernels.address(out);
    for (var line = 0L; line < out.elements() / row.elements(); line++) {
      Lanes.copy(from, to + line * bytes, bytes);
    }
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
