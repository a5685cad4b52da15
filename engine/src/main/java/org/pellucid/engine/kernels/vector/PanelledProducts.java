package org.pellucid.engine.kernels.vector;

import jdk.incubator.vector.FloatVector;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

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

  /** Columns up to which the last panel may be filled up with zeros; vocabularies have more. */
  private static final long FILLED = 8192;

  /** Rows that are written at a time. */
  private static final int RUN = 4 * PanelProduct.ROWS;

  private final Workers workers;
  private final Scratch.Pool scratches = new Scratch.Pool();

  /** Which way a weight is read. */
  private enum Reading {
    FORWARD,
    BACKWARD
  }

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
   * Whether a right matrix with so many columns is multiplied here. A vocabulary's isn't, whose
   * panels would take as much memory as the table of words once more.
   */
  static boolean fits(long columns) {
    return columns % WIDTH == 0 || columns <= FILLED;
  }

  /** {@code weightᵀ} of {@code weight[columns, depth]} cut into panels, which is done once. */
  Panels transposed(Tensor weight) {
    var columns = (int) weight.size(0);
    var depth = (int) weight.size(1);
    return weight.derived(
        Panels.class,
        Reading.FORWARD,
        () -> {
          var panels = Panels.zeros(1, depth, columns);
          workers.run(
              PanelProduct.panels(columns),
              panel -> packTransposed(VectorKernels.address(weight), panels, panel));
          return panels;
        });
  }

  private static void packTransposed(long weight, Panels panels, int panel) {
    var depth = panels.depth();
    var row = new float[depth];
    var columns = Math.min(WIDTH, panels.columns() - panel * WIDTH);
    for (var column = 0; column < columns; column++) {
      Lanes.copy(weight + ((long) panel * WIDTH + column) * depth * 4, row, 0, depth);
      var at = panels.at(0, panel) + column;
      for (var k = 0; k < depth; k++) {
        panels.values()[at + k * WIDTH] = row[k];
      }
    }
  }

  /** {@code weight[depth, columns]} itself cut into panels, which is done once. */
  Panels plain(Tensor weight) {
    var depth = (int) weight.size(0);
    var columns = (int) weight.size(1);
    return weight.derived(
        Panels.class,
        Reading.BACKWARD,
        () -> {
          var panels = Panels.zeros(1, depth, columns);
          workers.run(
              PanelProduct.panels(columns),
              panel -> packPlain(VectorKernels.address(weight), panels, panel));
          return panels;
        });
  }

  private static void packPlain(long weight, Panels panels, int panel) {
    var columns = Math.min(WIDTH, panels.columns() - panel * WIDTH);
    for (var k = 0; k < panels.depth(); k++) {
      var from = weight + ((long) k * panels.columns() + (long) panel * WIDTH) * 4;
      Lanes.copy(from, panels.values(), panels.at(0, panel) + k * WIDTH, columns);
    }
  }

  /**
   * {@code out[rows, columns] = left[rows, depth] · panels + bias}.
   *
   * @param bias the address of one number a column, or 0 for none
   */
  void multiply(long left, long rows, Panels panels, long bias, long out) {
    scratches.with(
        shared -> {
          var a = left(left, Math.toIntExact(rows), panels.depth(), shared);
          var blocks = a.blocks();
          workers.run(
              PanelProduct.panels(panels.columns()) * blocks,
              piece ->
                  scratches.with(
                      own -> {
                        var panel = piece / blocks;
                        if ((panel + 1) * WIDTH <= panels.columns()) {
                          block(a, piece % blocks, panels, panel, bias, out, own);
                        } else {
                          lastBlock(a, piece % blocks, panels, bias, out, own);
                        }
                      }));
        });
  }

  /**
   * One panel's columns of a block of rows, written a few rows at a time: the processor stores them
   * while it multiplies the next ones.
   */
  private static void block(
      Left left, int block, Panels panels, int panel, long bias, long out, Scratch own) {
    var first = left.first(block);
    var count = left.rowsOf(block);
    var starts = left.starts(block, own);
    var products = own.products(RUN * WIDTH);
    var panelAt = panels.at(0, panel);
    var step = panels.columns() * 4L;
    var column = panel * WIDTH * 4L;
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
            panels.values(),
            panelAt,
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
            panels.values(),
            panelAt,
            products,
            0,
            WIDTH);
      }
      add(products, rows, shift, out + (first + row) * step + column, step);
    }
  }

  /** The columns of a block of rows in the last panel, of which some stand for nothing. */
  private static void lastBlock(
      Left left, int block, Panels panels, long bias, long out, Scratch own) {
    var panel = panels.columns() / WIDTH;
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
        panels.values(),
        panels.at(0, panel),
        products,
        0,
        WIDTH);
    var step = panels.columns() * 4L;
    var column = panel * WIDTH * 4L;
    PanelOutput.store(
        products,
        0,
        count,
        panels.columns() % WIDTH,
        bias == 0 ? 0 : bias + column,
        Rectifier.NONE,
        out + first * step + column,
        step);
  }

  /** Adds the bias on the way to the result. */
  private static void add(float[] products, int rows, long bias, long out, long step) {
    var first = bias == 0 ? Lanes.zero() : Lanes.load(bias);
    var second = bias == 0 ? Lanes.zero() : Lanes.load(bias + Lanes.BYTES);
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
