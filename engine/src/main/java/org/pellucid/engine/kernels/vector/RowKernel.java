package org.pellucid.engine.kernels.vector;

import static org.pellucid.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The innermost loop of the large matrix products: a few rows by one panel of columns, added to
 * what the result holds.
 *
 * <p>It works like {@link PanelProduct}: six rows by two vectors, twelve accumulators, in each step
 * of depth two loads of the panel and six broadcast loads of the left matrix for twelve
 * multiply-adds. Left matrix and panel are arrays on the heap, whose bounds the compiler checks
 * once before the loop; with native memory it checks at each load and runs at 60 to 90 % of the
 * speed. The result is native. On AVX-512 this reaches the processor's peak, and more rows at a
 * time are slower.
 *
 * <p>Each number of the result is one chain of fused multiply-adds in the order of depth, whichever
 * rows are computed together, so the bits don't depend on the batch.
 */
final class RowKernel {
  /** Columns in a panel. */
  static final int WIDTH = 2 * Lanes.COUNT;

  /** Rows computed together. */
  static final int ROWS = 6;

  private static final int LANES = Lanes.COUNT;

  private RowKernel() {}

  /**
   * {@code out = out + left · panel} with {@code [rows, depth] · [depth, WIDTH]}.
   *
   * @param left rows from index {@code a} on, {@code stride} apart
   * @param panel from index {@code b} on
   * @param out the address of the first row's first number
   * @param step bytes from one row of {@code out} to the next
   */
  static void multiply(
      float[] left,
      int a,
      int stride,
      int rows,
      int depth,
      float[] panel,
      int b,
      long out,
      long step) {
    var row = 0;
    for (; row + ROWS <= rows; row += ROWS) {
      sixRows(left, a + row * stride, stride, depth, panel, b, out + row * step, step);
    }
    for (; row + 2 <= rows; row += 2) {
      twoRows(left, a + row * stride, stride, depth, panel, b, out + row * step, step);
    }
    if (row < rows) {
      oneRow(left, a + row * stride, depth, panel, b, out + row * step);
    }
  }

  private static void sixRows(
      float[] left, int a, int stride, int depth, float[] panel, int b, long out, long step) {
    var c00 = Lanes.load(out);
    var c01 = Lanes.load(out + Lanes.BYTES);
    var c10 = Lanes.load(out + step);
    var c11 = Lanes.load(out + step + Lanes.BYTES);
    var c20 = Lanes.load(out + 2 * step);
    var c21 = Lanes.load(out + 2 * step + Lanes.BYTES);
    var c30 = Lanes.load(out + 3 * step);
    var c31 = Lanes.load(out + 3 * step + Lanes.BYTES);
    var c40 = Lanes.load(out + 4 * step);
    var c41 = Lanes.load(out + 4 * step + Lanes.BYTES);
    var c50 = Lanes.load(out + 5 * step);
    var c51 = Lanes.load(out + 5 * step + Lanes.BYTES);
    for (var k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(SPECIES, panel, b + k * WIDTH);
      var b1 = FloatVector.fromArray(SPECIES, panel, b + k * WIDTH + LANES);
      var x0 = FloatVector.broadcast(SPECIES, left[a + k]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      var x1 = FloatVector.broadcast(SPECIES, left[a + k + stride]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
      var x2 = FloatVector.broadcast(SPECIES, left[a + k + 2 * stride]);
      c20 = x2.fma(b0, c20);
      c21 = x2.fma(b1, c21);
      var x3 = FloatVector.broadcast(SPECIES, left[a + k + 3 * stride]);
      c30 = x3.fma(b0, c30);
      c31 = x3.fma(b1, c31);
      var x4 = FloatVector.broadcast(SPECIES, left[a + k + 4 * stride]);
      c40 = x4.fma(b0, c40);
      c41 = x4.fma(b1, c41);
      var x5 = FloatVector.broadcast(SPECIES, left[a + k + 5 * stride]);
      c50 = x5.fma(b0, c50);
      c51 = x5.fma(b1, c51);
    }
    store(c00, c01, out);
    store(c10, c11, out + step);
    store(c20, c21, out + 2 * step);
    store(c30, c31, out + 3 * step);
    store(c40, c41, out + 4 * step);
    store(c50, c51, out + 5 * step);
  }

  private static void twoRows(
      float[] left, int a, int stride, int depth, float[] panel, int b, long out, long step) {
    var c00 = Lanes.load(out);
    var c01 = Lanes.load(out + Lanes.BYTES);
    var c10 = Lanes.load(out + step);
    var c11 = Lanes.load(out + step + Lanes.BYTES);
    for (var k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(SPECIES, panel, b + k * WIDTH);
      var b1 = FloatVector.fromArray(SPECIES, panel, b + k * WIDTH + LANES);
      var x0 = FloatVector.broadcast(SPECIES, left[a + k]);
      c00 = x0.fma(b0, c00);
      c01 = x0.fma(b1, c01);
      var x1 = FloatVector.broadcast(SPECIES, left[a + k + stride]);
      c10 = x1.fma(b0, c10);
      c11 = x1.fma(b1, c11);
    }
    store(c00, c01, out);
    store(c10, c11, out + step);
  }

  private static void oneRow(float[] left, int a, int depth, float[] panel, int b, long out) {
    var c0 = Lanes.load(out);
    var c1 = Lanes.load(out + Lanes.BYTES);
    for (var k = 0; k < depth; k++) {
      var x = FloatVector.broadcast(SPECIES, left[a + k]);
      c0 = x.fma(FloatVector.fromArray(SPECIES, panel, b + k * WIDTH), c0);
      c1 = x.fma(FloatVector.fromArray(SPECIES, panel, b + k * WIDTH + LANES), c1);
    }
    store(c0, c1, out);
  }

  private static void store(FloatVector first, FloatVector second, long address) {
    Lanes.store(first, address);
    Lanes.store(second, address + Lanes.BYTES);
  }
}
