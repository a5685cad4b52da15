package org.pellucid.engine.kernels.vector;

import org.pellucid.engine.tensor.Tensor;

/**
 * Products of a matrix of activations with one of weights, whose columns fill whole panels.
 *
 * <p>The left matrix is copied to the heap once, by all threads together, since {@link RowKernel}
 * wants it there; its rows lie a cache line further apart than they are long, because rows a power
 * of two apart would push each other out of the first-level cache. Then each piece computes all
 * columns of one panel for a block of rows, beginning with the bias. An activation follows in a
 * loop of its own: in the same one it makes the code so large that the compiler stops inlining
 * halfway.
 */
final class PanelledProducts {
  /** Numbers of the left matrix in one block of rows. */
  private static final long BLOCK = 1 << 20;

  private static final int WIDTH = RowKernel.WIDTH;

  private final Workers workers;
  private final ThreadLocal<Room> room = ThreadLocal.withInitial(Room::new);

  /** The left matrix of a product that a thread asked for. */
  private static final class Room {
    private float[] left = new float[0];

    float[] left(int size) {
      left = left.length < size ? new float[size] : left;
      return left;
    }
  }

  /** Which way a weight is read. */
  private enum Reading {
    FORWARD,
    BACKWARD
  }

  /** The left matrix on the heap, and the blocks that its rows are cut into. */
  private record Left(float[] values, int rows, int depth, int stride, int blockRows) {
    int blocks() {
      return (rows + blockRows - 1) / blockRows;
    }

    int first(int block) {
      return block * blockRows;
    }

    int rowsOf(int block) {
      return Math.min(blockRows, rows - first(block));
    }
  }

  PanelledProducts(Workers workers) {
    this.workers = workers;
  }

  /** Whether a right matrix with so many columns fills whole panels. */
  static boolean fits(long columns) {
    return columns % WIDTH == 0;
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
              columns / WIDTH,
              panel -> packTransposed(VectorKernels.address(weight), panels, panel));
          return panels;
        });
  }

  private static void packTransposed(long weight, Panels panels, int panel) {
    var depth = panels.depth();
    var row = new float[depth];
    for (var column = 0; column < WIDTH; column++) {
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
              columns / WIDTH, panel -> packPlain(VectorKernels.address(weight), panels, panel));
          return panels;
        });
  }

  private static void packPlain(long weight, Panels panels, int panel) {
    for (var k = 0; k < panels.depth(); k++) {
      var from = weight + ((long) k * panels.columns() + (long) panel * WIDTH) * 4;
      Lanes.copy(from, panels.values(), panels.at(0, panel) + k * WIDTH, WIDTH);
    }
  }

  /**
   * {@code out[rows, columns] = left[rows, depth] · panels + bias}.
   *
   * @param bias the address of one number a column, or 0 for none
   */
  void multiply(long left, long rows, Panels panels, long bias, long out) {
    var a = left(left, Math.toIntExact(rows), panels.depth());
    var step = panels.columns() * 4L;
    var blocks = a.blocks();
    workers.run(
        panels.columns() / WIDTH * blocks,
        piece -> {
          var panel = piece / blocks;
          var first = a.first(piece % blocks);
          var count = a.rowsOf(piece % blocks);
          var offset = (long) panel * WIDTH * 4;
          var target = out + first * step + offset;
          if (Boolean.getBoolean("chains")) {
            var starts = new int[count];
            for (var i = 0; i < count; i++) starts[i] = (first + i) * a.stride();
            PanelProduct.multiply(a.values(), 0, starts, 0, count, PanelProduct.Rows.whole(a.depth()), panels.values(), panels.at(0, panel), target, step);
            for (var i = 0; i < count && bias != 0; i++) Elementwise.add(target + i * step, bias + offset, target + i * step, WIDTH);
            return;
          }
          begin(bias == 0 ? 0 : bias + offset, target, step, count);
          RowKernel.multiply(
              a.values(),
              first * a.stride(),
              a.stride(),
              count,
              a.depth(),
              panels.values(),
              panels.at(0, panel),
              target,
              step);
        });
  }

  private Left left(long address, int rows, int depth) {
    var stride = depth + Lanes.COUNT;
    var values = room.get().left(Math.multiplyExact(rows, stride));
    workers.ranges(
        rows,
        Math.max(1, (1 << 14) / depth),
        (start, end) -> {
          for (var row = start; row < end; row++) {
            Lanes.copy(address + row * depth * 4, values, (int) row * stride, depth);
          }
        });
    var most = Math.max(1, BLOCK / depth / RowKernel.ROWS) * RowKernel.ROWS;
    var blocks = (rows + most - 1) / most;
    var even = (rows + blocks - 1) / blocks;
    var whole = (even + RowKernel.ROWS - 1) / RowKernel.ROWS * RowKernel.ROWS;
    return new Left(values, rows, depth, stride, Math.toIntExact(whole));
  }

  /** Writes what the product is added to: the bias, or zeros. */
  private static void begin(long bias, long out, long step, int rows) {
    var b0 = bias == 0 ? Lanes.zero() : Lanes.load(bias);
    var b1 = bias == 0 ? Lanes.zero() : Lanes.load(bias + Lanes.BYTES);
    for (var row = 0; row < rows; row++) {
      Lanes.store(b0, out + row * step);
      Lanes.store(b1, out + row * step + Lanes.BYTES);
    }
  }
}
