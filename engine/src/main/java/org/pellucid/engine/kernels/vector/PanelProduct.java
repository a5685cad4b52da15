package org.pellucid.engine.kernels.vector;

import static org.pellucid.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The matrix product inside the convolutions: a few rows of numbers by one panel of columns.
 *
 * <p>A panel is two vectors wide and lies in memory depth by depth: {@code [depth][2 · lanes]}. Six
 * rows are computed at a time, which takes twelve accumulators, two registers for the panel and one
 * for a broadcast number of a row: fifteen, as many as the smallest processors have, and enough
 * independent chains of multiply-adds to hide their latency. Each step loads eight times for twelve
 * multiply-adds, so the loads keep up.
 *
 * <p>Whichever routine computes a row, each of its numbers is summed in the same order: chains of
 * at most {@value #CHAIN} multiply-adds, and then the chains. So the bits depend neither on how
 * rows are grouped nor on the batch. Short chains round less: the error of one chain of {@code n}
 * grows with the square root of {@code n}, that of chains of 32 half as fast.
 *
 * <p>Everything lies on the heap, because the compiler drops the bounds checks of arrays from such
 * loops, while those of memory segments cost a third of the speed when a loop is as short as a
 * chain, and storing to segments takes so much of its budget that vectors are left on the heap.
 */
final class PanelProduct {
  /** Columns in a panel. */
  static final int WIDTH = 2 * Lanes.COUNT;

  /** Rows computed at a time. */
  static final int ROWS = 6;

  /** Eight rows at the end are four twice: six and two would leave the multipliers waiting. */
  private static final int FOUR = 4;

  private static final int EVEN = 2 * FOUR;
  private static final int LANES = Lanes.COUNT;
  static final int CHAIN = 32;

  /**
   * How a row lies in its array: segments of {@code length} numbers, {@code pitch} apart, as the
   * pixels under a window do in an image.
   */
  record Rows(int segments, int length, int pitch) {
    /** Rows in one piece. */
    static Rows whole(int depth) {
      return new Rows(1, depth, 0);
    }

    /** Rows in one piece as segments of one chain, whose sums are the same, where these fit. */
    static Rows chains(int depth) {
      return depth % CHAIN == 0 ? new Rows(depth / CHAIN, CHAIN, CHAIN) : whole(depth);
    }
  }

  private PanelProduct() {}

  /** The number of panels that {@code columns} columns take. */
  static int panels(int columns) {
    return (columns + WIDTH - 1) / WIDTH;
  }

  /**
   * Writes {@code count} rows of {@code [count, depth] · [depth, WIDTH]}.
   *
   * @param left holds the rows
   * @param leftAt added to all starts
   * @param starts the indices in {@code left} at which rows begin
   * @param first which of the starts is the first row's
   * @param panel holds the panel, from index {@code panelAt} on
   * @param out receives the first row's results from index {@code outAt} on, those of the others
   *     {@code stride} further each
   */
  static void multiply(
      float[] left,
      int leftAt,
      int[] starts,
      int first,
      int count,
      Rows rows,
      float[] panel,
      int panelAt,
      float[] out,
      int outAt,
      int stride) {
    var row = 0;
    for (; row + ROWS <= count && row + EVEN != count; row += ROWS) {
      var s = first + row;
      sixRows(
          left,
          leftAt + starts[s],
          leftAt + starts[s + 1],
          leftAt + starts[s + 2],
          leftAt + starts[s + 3],
          leftAt + starts[s + 4],
          leftAt + starts[s + 5],
          rows,
          panel,
          panelAt,
          out,
          outAt + row * stride,
          stride);
    }
    for (; row + FOUR <= count; row += FOUR) {
      var s = first + row;
      fourRows(
          left,
          leftAt + starts[s],
          leftAt + starts[s + 1],
          leftAt + starts[s + 2],
          leftAt + starts[s + 3],
          rows,
          panel,
          panelAt,
          out,
          outAt + row * stride,
          stride);
    }
    for (; row + 2 <= count; row += 2) {
      var s = first + row;
      twoRows(
          left,
          leftAt + starts[s],
          leftAt + starts[s + 1],
          rows,
          panel,
          panelAt,
          out,
          outAt + row * stride,
          stride);
    }
    if (row < count) {
      oneRow(left, leftAt + starts[first + row], rows, panel, panelAt, out, outAt + row * stride);
    }
  }

  private static void sixRows(
      float[] left,
      int a0,
      int a1,
      int a2,
      int a3,
      int a4,
      int a5,
      Rows rows,
      float[] panel,
      int b,
      float[] out,
      int o,
      int stride) {
    var zero = Lanes.zero();
    FloatVector s00 = zero,
        s01 = zero,
        s10 = zero,
        s11 = zero,
        s20 = zero,
        s21 = zero,
        s30 = zero,
        s31 = zero,
        s40 = zero,
        s41 = zero,
        s50 = zero,
        s51 = zero;
    int at = b;
    for (int segment = 0; segment < rows.segments(); segment++) {
      int shift = segment * rows.pitch();
      for (int from = 0; from < rows.length(); from += CHAIN) {
        FloatVector c00 = zero,
            c01 = zero,
            c10 = zero,
            c11 = zero,
            c20 = zero,
            c21 = zero,
            c30 = zero,
            c31 = zero,
            c40 = zero,
            c41 = zero,
            c50 = zero,
            c51 = zero;
        int end = Math.min(rows.length(), from + CHAIN);
        for (int k = from; k < end; k++) {
          var b0 = FloatVector.fromArray(SPECIES, panel, at);
          var b1 = FloatVector.fromArray(SPECIES, panel, at + LANES);
          at += WIDTH;
          var x = FloatVector.broadcast(SPECIES, left[a0 + shift + k]);
          c00 = x.fma(b0, c00);
          c01 = x.fma(b1, c01);
          x = FloatVector.broadcast(SPECIES, left[a1 + shift + k]);
          c10 = x.fma(b0, c10);
          c11 = x.fma(b1, c11);
          x = FloatVector.broadcast(SPECIES, left[a2 + shift + k]);
          c20 = x.fma(b0, c20);
          c21 = x.fma(b1, c21);
          x = FloatVector.broadcast(SPECIES, left[a3 + shift + k]);
          c30 = x.fma(b0, c30);
          c31 = x.fma(b1, c31);
          x = FloatVector.broadcast(SPECIES, left[a4 + shift + k]);
          c40 = x.fma(b0, c40);
          c41 = x.fma(b1, c41);
          x = FloatVector.broadcast(SPECIES, left[a5 + shift + k]);
          c50 = x.fma(b0, c50);
          c51 = x.fma(b1, c51);
        }
        s00 = s00.add(c00);
        s01 = s01.add(c01);
        s10 = s10.add(c10);
        s11 = s11.add(c11);
        s20 = s20.add(c20);
        s21 = s21.add(c21);
        s30 = s30.add(c30);
        s31 = s31.add(c31);
        s40 = s40.add(c40);
        s41 = s41.add(c41);
        s50 = s50.add(c50);
        s51 = s51.add(c51);
      }
    }
    s00.intoArray(out, o);
    s01.intoArray(out, o + LANES);
    s10.intoArray(out, o + stride);
    s11.intoArray(out, o + stride + LANES);
    s20.intoArray(out, o + 2 * stride);
    s21.intoArray(out, o + 2 * stride + LANES);
    s30.intoArray(out, o + 3 * stride);
    s31.intoArray(out, o + 3 * stride + LANES);
    s40.intoArray(out, o + 4 * stride);
    s41.intoArray(out, o + 4 * stride + LANES);
    s50.intoArray(out, o + 5 * stride);
    s51.intoArray(out, o + 5 * stride + LANES);
  }

  private static void fourRows(
      float[] left,
      int a0,
      int a1,
      int a2,
      int a3,
      Rows rows,
      float[] panel,
      int b,
      float[] out,
      int o,
      int stride) {
    var zero = Lanes.zero();
    FloatVector s00 = zero,
        s01 = zero,
        s10 = zero,
        s11 = zero,
        s20 = zero,
        s21 = zero,
        s30 = zero,
        s31 = zero;
    int at = b;
    for (int segment = 0; segment < rows.segments(); segment++) {
      int shift = segment * rows.pitch();
      for (int from = 0; from < rows.length(); from += CHAIN) {
        FloatVector c00 = zero,
            c01 = zero,
            c10 = zero,
            c11 = zero,
            c20 = zero,
            c21 = zero,
            c30 = zero,
            c31 = zero;
        int end = Math.min(rows.length(), from + CHAIN);
        for (int k = from; k < end; k++) {
          var b0 = FloatVector.fromArray(SPECIES, panel, at);
          var b1 = FloatVector.fromArray(SPECIES, panel, at + LANES);
          at += WIDTH;
          var x = FloatVector.broadcast(SPECIES, left[a0 + shift + k]);
          c00 = x.fma(b0, c00);
          c01 = x.fma(b1, c01);
          x = FloatVector.broadcast(SPECIES, left[a1 + shift + k]);
          c10 = x.fma(b0, c10);
          c11 = x.fma(b1, c11);
          x = FloatVector.broadcast(SPECIES, left[a2 + shift + k]);
          c20 = x.fma(b0, c20);
          c21 = x.fma(b1, c21);
          x = FloatVector.broadcast(SPECIES, left[a3 + shift + k]);
          c30 = x.fma(b0, c30);
          c31 = x.fma(b1, c31);
        }
        s00 = s00.add(c00);
        s01 = s01.add(c01);
        s10 = s10.add(c10);
        s11 = s11.add(c11);
        s20 = s20.add(c20);
        s21 = s21.add(c21);
        s30 = s30.add(c30);
        s31 = s31.add(c31);
      }
    }
    s00.intoArray(out, o);
    s01.intoArray(out, o + LANES);
    s10.intoArray(out, o + stride);
    s11.intoArray(out, o + stride + LANES);
    s20.intoArray(out, o + 2 * stride);
    s21.intoArray(out, o + 2 * stride + LANES);
    s30.intoArray(out, o + 3 * stride);
    s31.intoArray(out, o + 3 * stride + LANES);
  }

  private static void twoRows(
      float[] left,
      int a0,
      int a1,
      Rows rows,
      float[] panel,
      int b,
      float[] out,
      int o,
      int stride) {
    var zero = Lanes.zero();
    FloatVector s00 = zero, s01 = zero, s10 = zero, s11 = zero;
    int at = b;
    for (int segment = 0; segment < rows.segments(); segment++) {
      int shift = segment * rows.pitch();
      for (int from = 0; from < rows.length(); from += CHAIN) {
        FloatVector c00 = zero, c01 = zero, c10 = zero, c11 = zero;
        int end = Math.min(rows.length(), from + CHAIN);
        for (int k = from; k < end; k++) {
          var b0 = FloatVector.fromArray(SPECIES, panel, at);
          var b1 = FloatVector.fromArray(SPECIES, panel, at + LANES);
          at += WIDTH;
          var x = FloatVector.broadcast(SPECIES, left[a0 + shift + k]);
          c00 = x.fma(b0, c00);
          c01 = x.fma(b1, c01);
          x = FloatVector.broadcast(SPECIES, left[a1 + shift + k]);
          c10 = x.fma(b0, c10);
          c11 = x.fma(b1, c11);
        }
        s00 = s00.add(c00);
        s01 = s01.add(c01);
        s10 = s10.add(c10);
        s11 = s11.add(c11);
      }
    }
    s00.intoArray(out, o);
    s01.intoArray(out, o + LANES);
    s10.intoArray(out, o + stride);
    s11.intoArray(out, o + stride + LANES);
  }

  private static void oneRow(
      float[] left, int a0, Rows rows, float[] panel, int b, float[] out, int o) {
    var zero = Lanes.zero();
    FloatVector s00 = zero, s01 = zero;
    int at = b;
    for (int segment = 0; segment < rows.segments(); segment++) {
      int shift = segment * rows.pitch();
      for (int from = 0; from < rows.length(); from += CHAIN) {
        FloatVector c00 = zero, c01 = zero;
        int end = Math.min(rows.length(), from + CHAIN);
        for (int k = from; k < end; k++) {
          var b0 = FloatVector.fromArray(SPECIES, panel, at);
          var b1 = FloatVector.fromArray(SPECIES, panel, at + LANES);
          at += WIDTH;
          var x = FloatVector.broadcast(SPECIES, left[a0 + shift + k]);
          c00 = x.fma(b0, c00);
          c01 = x.fma(b1, c01);
        }
        s00 = s00.add(c00);
        s01 = s01.add(c01);
      }
    }
    s00.intoArray(out, o);
    s01.intoArray(out, o + LANES);
  }
}
