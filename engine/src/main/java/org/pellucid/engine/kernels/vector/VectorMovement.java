package org.pellucid.engine.kernels.vector;

import org.pellucid.engine.kernels.MovementKernels;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/** Copies run by run, ranges along one axis in any type. */
final class VectorMovement implements MovementKernels {
  private static final long PIECE_BYTES = 1 << 17;

  /** Numbers that are turned at a time, so that they stay in the first-level cache. */
  private static final int TURNED = 1 << 12;

  private final Workers workers;
  private final Scratch.Pool scratches = new Scratch.Pool();
  private final MovementKernels portable;

  VectorMovement(Workers workers, MovementKernels portable) {
    this.workers = workers;
    this.portable = portable;
  }

  @Override
  public void copy(Tensor x, Tensor out) {
    out.memory().copyFrom(x.memory());
  }

  @Override
  public void slice(Tensor x, int axis, long start, Tensor out) {
    copy(x, start, out, 0, axis, out.size(axis));
  }

  @Override
  public void place(Tensor part, int axis, long start, Tensor out) {
    copy(part, 0, out, start, axis, part.size(axis));
  }

  private void copy(Tensor from, long fromStart, Tensor to, long toStart, int axis, long length) {
    var inner = (long) from.type().bytes();
    for (var a = axis + 1; a < from.rank(); a++) {
      inner *= from.size(a);
    }
    var run = length * inner;
    var fromStride = from.size(axis) * inner;
    var toStride = to.size(axis) * inner;
    var source = VectorKernels.address(from) + fromStart * inner;
    var target = VectorKernels.address(to) + toStart * inner;
    if (run == 0 || from.elements() == 0) {
      return;
    }
    workers.ranges(
        from.elements() * from.type().bytes() / fromStride,
        Math.max(1, PIECE_BYTES / run),
        (first, last) -> {
          for (var i = first; i < last; i++) {
            Lanes.copy(source + i * fromStride, target + i * toStride, run);
          }
        });
  }

  @Override
  public void permute(Tensor x, int[] axes, Tensor out) {
    if (x.rank() == 4) {
      permuteFour(x, axes, out);
    } else {
      portable.permute(x, axes, out);
    }
  }

  @Override
  public void select(Tensor condition, Tensor first, Tensor second, Tensor out) {
    var mask = VectorKernels.address(condition);
    var a = VectorKernels.address(first);
    var b = VectorKernels.address(second);
    var to = VectorKernels.address(out);
    workers.ranges(
        out.elements(),
        PIECE_BYTES / 4,
        (start, end) -> {
          for (var i = start * 4; i < end * 4; i += 4) {
            Lanes.set(to + i, Lanes.get((Lanes.getInt(mask + i) != 0 ? a : b) + i));
          }
        });
  }

  /**
   * Reorders four axes: runs along the last one are copied whole where it stays last, and planes
   * are turned where it becomes the one before.
   */
  private void permuteFour(Tensor x, int[] axes, Tensor out) {
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
          if (rowStride == 1 && columnStride > 1) {
            scratches.with(own -> turn(source, columnStride, rows, (int) columns, target, own));
            return;
          }
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

  /** {@code target[row, column] = source[column · apart + row]}, by runs of rows on the heap. */
  private static void turn(
      long source, long apart, long rows, int columns, long target, Scratch own) {
    var run = (int) Math.clamp(TURNED / columns, 1, rows);
    var lines = own.rows(run);
    var turned = own.products(run * columns);
    for (long row = 0; row < rows; row += run) {
      int count = (int) Math.min(run, rows - row);
      for (int column = 0; column < columns; column++) {
        Lanes.copy(source + (column * apart + row) * 4, lines, 0, count);
        for (int i = 0, at = column; i < count; i++, at += columns) {
          turned[at] = lines[i];
        }
      }
      Lanes.copy(turned, 0, target + row * columns * 4, count * columns);
    }
  }
}
