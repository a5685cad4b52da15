package org.pellucid.engine.kernels.vector;

import jdk.incubator.vector.FloatVector;
import org.pellucid.engine.kernels.Workers;

/**
 * Sums over the rows of a matrix, column by column: the gradient of a bias, the statistics of a
 * batch.
 *
 * <p>The rows are cut into pieces by the shape alone, and a piece into blocks of a few rows. Within
 * a block a vector of columns stays in a register while the rows are added in single precision; the
 * blocks' sums are added up in double, and so are the pieces', in order. A sum of any length thus
 * rounds like one of {@value #BLOCK} numbers, and has the same bits with any number of threads.
 */
final class ColumnSums {
  /** Few enough rows for the processor to fetch ahead in all of them at once. */
  private static final int BLOCK = 16;

  private static final int MOST_PIECES = 16;
  private static final long LEAST_ELEMENTS = 1 << 15;

  private final Workers workers;

  /** Adds up a block of rows, at most {@value #BLOCK}. */
  @FunctionalInterface
  interface Block {
    /**
     * Writes the sums of the rows from {@code start} to {@code end − 1}, one for each column and
     * result.
     */
    void sum(long start, long end, float[] sums);
  }

  ColumnSums(Workers workers) {
    this.workers = workers;
  }

  /**
   * The sums over all rows.
   *
   * @param results the number of sums of one row, a multiple of {@code columns}
   */
  double[] run(long rows, long columns, int results, Block block) {
    var pieces = Math.clamp(rows * columns / LEAST_ELEMENTS, 1, MOST_PIECES);
    var blocks = (rows + BLOCK - 1) / BLOCK;
    var share = (blocks + pieces - 1) / pieces * BLOCK;
    var totals = new double[pieces][];
    workers.run(
        pieces,
        piece -> {
          var total = new double[results];
          var sums = new float[results];
          var end = Math.min(rows, (piece + 1) * share);
          for (var start = piece * share; start < end; start += BLOCK) {
            block.sum(start, Math.min(end, start + BLOCK), sums);
            for (var i = 0; i < results; i++) {
              total[i] += sums[i];
            }
          }
          totals[piece] = total;
        });
    for (var piece = 1; piece < pieces; piece++) {
      for (var i = 0; i < results; i++) {
        totals[0][i] += totals[piece][i];
      }
    }
    return totals[0];
  }

  /** The plain sums of the columns of a dense matrix at an address. */
  double[] of(long matrix, long rows, int columns) {
    return run(
        rows,
        columns,
        columns,
        (start, end, sums) -> {
          var c = 0;
          for (; c + Lanes.COUNT <= columns; c += Lanes.COUNT) {
            sum(matrix + c * 4L, start, end, columns).intoArray(sums, c);
          }
          for (; c < columns; c++) {
            sums[c] = 0;
            for (var row = start; row < end; row++) {
              sums[c] += Lanes.get(matrix + (row * columns + c) * 4);
            }
          }
        });
  }

  private static FloatVector sum(long column, long start, long end, long columns) {
    var sum = Lanes.zero();
    for (var row = start; row < end; row++) {
      sum = sum.add(Lanes.load(column + row * columns * 4));
    }
    return sum;
  }
}
