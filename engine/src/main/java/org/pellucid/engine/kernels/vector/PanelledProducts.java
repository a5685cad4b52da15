package org.pellucid.engine.kernels.vector;

import jdk.incubator.vector.FloatVector;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.kernels.vector.RightMatrix.Panel;

/**
 * Products of a matrix of activations with one of weights.
 *
 * <p>The left matrix is copied to the heap once, by all threads together, since {@link
 * PanelProduct} wants it there; its rows lie a cache line further apart than they are long, because
 * rows a power of two apart would push each other out of the first-level cache. Then each piece
 * computes all columns of one panel for a block of rows, and adds the bias on the way to the
 * result. A few rows stream the panels by once, as fast as memory gives them. A row's bits don't
 * depend on the rows beside it, as they do with BLAS.
 */
final class PanelledProducts {
  /** Numbers of the left matrix in one block of rows. */
  private static final long BLOCK = 1 << 20;

  private static final int WIDTH = PanelProduct.WIDTH;

  /** Rows that are written at a time. */
  private static final int RUN = 4 * PanelProduct.ROWS;

  private final Workers workers;
  private final Scratch.Pool scratches = new Scratch.Pool();

  /** The left matrix on the heap, and the blocks that its rows are cut into. */
  private record Left(
      float[] values, int rows, PanelProduct.Rows shape, int stride, int blockRows) {
    int blocks() {
      return (rows + blockRows - 1) / blockRows;
    }

    int first(int block) {
      return block * blockRows;
    }

    int rowsOf(int block) {
      return Math.min(blockRows, rows - first(block));
    }

    /** The indices at which a block's rows begin. */
    int[] starts(int block, Scratch own) {
      var starts = own.starts(rowsOf(block));
      for (var i = 0; i < rowsOf(block); i++) {
        starts[i] = (first(block) + i) * stride;
      }
      return starts;
    }
  }

  PanelledProducts(Workers workers) {
    this.workers = workers;
  }

  /**
   * {@code out[rows, columns] = left[rows, depth] · right + bias}.
   *
   * @param bias the address of one number a column, or 0 for none
   */
  void multiply(long left, long rows, RightMatrix right, long bias, long out) {
    scratches.with(
        shared -> {
          var a = left(left, Math.toIntExact(rows), right.depth(), shared);
          if (right.isKept()) {
            multiply(a, right.kept(workers), bias, out);
          } else {
            multiply(a, right, bias, out);
          }
        });
  }

  private void multiply(Left left, Panels panels, long bias, long out) {
    var blocks = left.blocks();
    workers.run(
        PanelProduct.panels(panels.columns()) * blocks,
        piece -> {
          var index = piece / blocks;
          var panel = new Panel(panels.values(), panels.at(0, index), index, panels.columns());
          scratches.with(own -> block(left, piece % blocks, panel, bias, out, own));
        });
  }

  /** By panels that are cut on the way, each once for all rows. */
  private void multiply(Left left, RightMatrix right, long bias, long out) {
    workers.run(
        right.panels(),
        index ->
            scratches.with(
                own -> {
                  var panel = right.panel(index, own);
                  for (var block = 0; block < left.blocks(); block++) {
                    block(left, block, panel, bias, out, own);
                  }
                }));
  }

  private static void block(Left left, int block, Panel panel, long bias, long out, Scratch own) {
    if (panel.width() == WIDTH) {
      wholeBlock(left, block, panel, bias, out, own);
    } else {
      lastBlock(left, block, panel, bias, out, own);
    }
  }

  /**
   * One panel's columns of a block of rows, written a few rows at a time: the processor stores them
   * while it multiplies the next ones.
   */
  private static void wholeBlock(
      Left left, int block, Panel panel, long bias, long out, Scratch own) {
    var first = left.first(block);
    var count = left.rowsOf(block);
    var starts = left.starts(block, own);
    var products = own.products(RUN * WIDTH);
    var step = panel.columns() * 4L;
    var column = panel.column() * 4L;
    var shift = bias == 0 ? 0 : bias + column;
    for (int row = 0, rows; row < count; row += rows) {
      rows = Math.min(RUN, count - row);
      if (row == 0) {
        TwelveRows.multiplyFar(
            left.values(),
            0,
            starts,
            rows,
            left.shape(),
            panel.values(),
            panel.at(),
            products,
            0,
            WIDTH);
      } else {
        PanelProduct.multiply(
            left.values(),
            0,
            starts,
            row,
            rows,
            left.shape(),
            panel.values(),
            panel.at(),
            products,
            0,
            WIDTH);
      }
      add(products, rows, shift, out + (first + row) * step + column, step);
    }
  }

  /** The columns of a block of rows in the last panel, of which some stand for nothing. */
  private static void lastBlock(
      Left left, int block, Panel panel, long bias, long out, Scratch own) {
    var first = left.first(block);
    var count = left.rowsOf(block);
    var starts = left.starts(block, own);
    var products = own.products(count * WIDTH);
    TwelveRows.multiplyFar(
        left.values(),
        0,
        starts,
        count,
        left.shape(),
        panel.values(),
        panel.at(),
        products,
        0,
        WIDTH);
    var step = panel.columns() * 4L;
    var column = panel.column() * 4L;
    PanelOutput.store(
        products,
        0,
        count,
        panel.width(),
        bias == 0 ? 0 : bias + column,
        Rectifier.NONE,
        out + first * step + column,
        step);
  }

  /** Adds the bias on the way to the result. */
  private static void add(float[] products, int rows, long bias, long out, long step) {
    var first = Lanes.loadOrZeros(bias, 0);
    var second = Lanes.loadOrZeros(bias, Lanes.BYTES);
    for (var row = 0; row < rows; row++) {
      var to = out + row * step;
      Lanes.store(FloatVector.fromArray(Lanes.SPECIES, products, row * WIDTH).add(first), to);
      Lanes.store(
          FloatVector.fromArray(Lanes.SPECIES, products, row * WIDTH + Lanes.COUNT).add(second),
          to + Lanes.BYTES);
    }
  }

  private Left left(long address, int rows, int depth, Scratch shared) {
    var stride = depth + Lanes.COUNT;
    var values = shared.rows(Math.multiplyExact(rows, stride));
    workers.ranges(
        rows,
        Math.max(1, (1 << 14) / depth),
        (start, end) -> {
          for (var row = start; row < end; row++) {
            Lanes.copy(address + row * depth * 4, values, (int) row * stride, depth);
          }
        });
    var most = Math.max(1, BLOCK / depth / PanelProduct.ROWS) * PanelProduct.ROWS;
    var blocks = (rows + most - 1) / most;
    var even = (rows + blocks - 1) / blocks;
    var whole = (even + PanelProduct.ROWS - 1) / PanelProduct.ROWS * PanelProduct.ROWS;
    return new Left(values, rows, PanelProduct.Rows.whole(depth), stride, Math.toIntExact(whole));
  }
}
