package org.pellucid.engine.kernels.vector;

import org.pellucid.engine.kernels.vector.Blas.Matrix;

/**
 * Matrix products cut into blocks of the result, one BLAS call each, by shape alone.
 *
 * <p>Since neither the number of threads nor other callers move a block's borders, they don't
 * change the result's bits. A block's bias follows while it lies in the second-level cache, the
 * activation in a loop of its own, see {@link PanelledProducts}.
 */
final class MatrixProducts {
  private static final long ROWS = 384;
  private static final long COLUMNS = 384;

  private final Workers workers;

  /**
   * What happens to a block behind its product.
   *
   * @param bias the address of one number a column, or 0 for none
   * @param gelu whether {@code out = gelu(product + bias)}
   * @param sums with {@code gelu}, the address that receives {@code product + bias}
   */
  record Finish(long bias, boolean gelu, long sums) {
    static final Finish NONE = new Finish(0, false, 0);
  }

  MatrixProducts(Workers workers) {
    this.workers = workers;
  }

  /**
   * {@code out[s, m, n] = first[s, m, k] · second[s, k, n]} for each of {@code stacks}, all dense.
   */
  void multiply(
      long first,
      boolean transposeFirst,
      long second,
      boolean transposeSecond,
      long out,
      long stacks,
      long m,
      long n,
      long k,
      Finish finish) {
    Blas.useCallingThread();
    var down = (m + ROWS - 1) / ROWS;
    var across = (n + COLUMNS - 1) / COLUMNS;
    workers.run(
        Math.toIntExact(stacks * down * across),
        piece -> {
          var stack = piece / (down * across);
          var row = piece / across % down * ROWS;
          var column = piece % across * COLUMNS;
          var rows = Math.min(ROWS, m - row);
          var columns = Math.min(COLUMNS, n - column);
          var a = at(first + stack * m * k * 4, transposeFirst, row, 0, m, k);
          var b = at(second + stack * k * n * 4, transposeSecond, 0, column, k, n);
          var offset = ((stack * m + row) * n + column) * 4;
          var sums = finish.gelu() ? finish.sums() : out;
          Blas.multiply(a, b, 0, Matrix.of(sums + offset, n), rows, columns, k);
          for (var i = 0; i < rows && finish.bias() != 0; i++) {
            Activations.biased(sums + offset + i * n * 4, finish.bias() + column * 4, columns);
          }
        });
    if (finish.gelu()) {
      Activations.gelu(workers, finish.sums(), out, stacks * m * n);
    }
  }

  /** A dense {@code [height, width]} matrix from one of its elements on. */
  private static Matrix at(
      long address, boolean transposed, long row, long column, long height, long width) {
    return transposed
        ? Matrix.transposed(address + (column * height + row) * 4, height)
        : Matrix.of(address + (row * width + column) * 4, width);
  }
}
