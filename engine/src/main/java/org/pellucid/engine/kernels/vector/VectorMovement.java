package org.pellucid.engine.kernels.vector;

import java.util.Arrays;
import org.pellucid.engine.kernels.MovementKernels;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/** Copies run by run, ranges along one axis in any type. */
final class VectorMovement implements MovementKernels {
  private static final long PIECE_BYTES = 1 << 17;

  /** Numbers that are turned at a time, so that they stay in the first-level cache. */
  private static final int TURNED = 1 << 12;

  /** The shorter side of what is turned at a time, where a matrix is larger both ways. */
  private static final long TILE = 64;

  private static final int[] TO_CHANNELS_LAST = {0, 2, 3, 1};
  private static final int[] TO_CHANNELS_FIRST = {0, 3, 1, 2};
  private static final int[] LAST_TWO = {0, 1, 3, 2};

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
    if (x.rank() != 4) {
      portable.permute(x, axes, out);
    } else if (Arrays.equals(axes, TO_CHANNELS_LAST)) {
      transpose(x, x.size(0), x.size(1), x.size(2) * x.size(3), out);
    } else if (Arrays.equals(axes, TO_CHANNELS_FIRST)) {
      transpose(x, x.size(0), x.size(1) * x.size(2), x.size(3), out);
    } else if (Arrays.equals(axes, LAST_TWO)) {
      transpose(x, x.size(0) * x.size(1), x.size(2), x.size(3), out);
    } else {
      permuteFour(x, axes, out);
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

  /** Reorders four axes; runs along the last one are copied whole where it stays last. */
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

  /** A matrix to turn, and the size of the tiles that are turned at a time. */
  private record Turn(long from, long rows, long columns, int tileRows, int tileColumns, long to) {
    static Turn of(long from, long rows, long columns, long to) {
      var near = Math.min(TILE, Math.min(rows, columns));
      var isWide = rows <= columns;
      var far = TURNED / near;
      return new Turn(
          from,
          rows,
          columns,
          (int) Math.min(rows, isWide ? near : far),
          (int) Math.min(columns, isWide ? far : near),
          to);
    }

    long across() {
      return Math.ceilDiv(columns, tileColumns);
    }

    long tiles() {
      return Math.ceilDiv(rows, tileRows) * across();
    }

    Turn matrix(long index) {
      var shift = index * rows * columns * 4;
      return new Turn(from + shift, rows, columns, tileRows, tileColumns, to + shift);
    }
  }

  /** {@code out[stack, column, row] = x[stack, row, column]}, by tiles on the heap. */
  private void transpose(Tensor x, long stack, long rows, long columns, Tensor out) {
    if (x.elements() == 0) {
      return;
    }
    var turn = Turn.of(VectorKernels.address(x), rows, columns, VectorKernels.address(out));
    workers.run(
        Math.toIntExact(stack * turn.tiles()),
        piece ->
            scratches.with(
                own -> turn(turn.matrix(piece / turn.tiles()), piece % turn.tiles(), own)));
  }

  private static void turn(Turn turn, long tile, Scratch own) {
    var row = tile / turn.across() * turn.tileRows();
    var column = tile % turn.across() * turn.tileColumns();
    int rows = (int) Math.min(turn.tileRows(), turn.rows() - row);
    int columns = (int) Math.min(turn.tileColumns(), turn.columns() - column);
    var lines = own.rows(rows * columns);
    var turned = own.products(rows * columns);
    var from = turn.from() + (row * turn.columns() + column) * 4;
    var isWhole = columns == turn.columns();
    for (int i = 0; i < (isWhole ? 1 : rows); i++) {
      var count = isWhole ? rows * columns : columns;
      Lanes.copy(from + i * turn.columns() * 4, lines, i * columns, count);
    }
    turn(lines, rows, columns, turned);
    var to = turn.to() + (column * turn.rows() + row) * 4;
    var isFull = rows == turn.rows();
    for (int j = 0; j < (isFull ? 1 : columns); j++) {
      var count = isFull ? rows * columns : rows;
      Lanes.copy(turned, j * rows, to + j * turn.rows() * 4, count);
    }
  }

  /** The inner loop runs along the longer side. */
  private static void turn(float[] lines, int rows, int columns, float[] turned) {
    if (rows <= columns) {
      for (int i = 0; i < rows; i++) {
        for (int j = 0, at = i * columns, to = i; j < columns; j++, at++, to += rows) {
          turned[to] = lines[at];
        }
      }
    } else {
      for (int j = 0; j < columns; j++) {
        for (int i = 0, at = j, to = j * rows; i < rows; i++, at += columns, to++) {
          turned[to] = lines[at];
        }
      }
    }
  }
}
