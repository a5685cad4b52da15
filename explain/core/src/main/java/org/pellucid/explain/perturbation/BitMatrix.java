package org.pellucid.explain.perturbation;

/**
 * A matrix of bits {@code [rows, columns]}, all false at first: which superpixels each of many
 * changed images shows. A thousand rows of two hundred columns take 32 kilobytes. Filled by one
 * thread, then read by any.
 */
final class BitMatrix {
  private final long[] words;
  private final int rows;
  private final int columns;
  private final int stride;

  /**
   * Allocates the bits.
   *
   * @throws IllegalArgumentException if they don't fit into an array
   */
  BitMatrix(int rows, int columns) {
    this.rows = rows;
    this.columns = columns;
    this.stride = (columns + Long.SIZE - 1) / Long.SIZE;
    if ((long) rows * stride > Integer.MAX_VALUE - Long.SIZE) {
      throw new IllegalArgumentException(
          "%d samples of %d superpixels are more than memory holds; take fewer samples or segments."
              .formatted(rows, columns));
    }
    this.words = new long[rows * stride];
  }

  int rows() {
    return rows;
  }

  int columns() {
    return columns;
  }

  boolean get(int row, int column) {
    return (words[row * stride + (column >> 6)] >>> column & 1) != 0;
  }

  void set(int row, int column) {
    words[row * stride + (column >> 6)] |= 1L << column;
  }

  /** Sets all bits of a row. */
  void fill(int row) {
    for (var column = 0; column < columns; column++) {
      set(row, column);
    }
  }

  /** The number of bits that are set in a row. */
  int count(int row) {
    var count = 0;
    for (var word = row * stride; word < (row + 1) * stride; word++) {
      count += Long.bitCount(words[word]);
    }
    return count;
  }
}
