package org.pellucid.engine.kernels.vector;

import static org.pellucid.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The matrix product inside the convolutions: a few rows by one panel of columns.
 *
 * <p>A panel is two vectors wide and lies in memory depth by depth: {@code [depth][2 · lanes]}. Six
 * rows of it are computed at a time, which takes twelve accumulators, two registers for the panel
 * and one for a broadcast number of the left matrix: fifteen, as many as the smallest processors
 * have, and enough independent chains of multiply-adds to hide their latency. Each step loads eight
 * times for twelve multiply-adds, so the loads keep up.
 *
 * <p>Whichever routine computes a row, each of its numbers is one chain of fused multiply-adds in
 * the order of depth. So the bits don't depend on how rows are grouped, nor on the batch.
 */
final class PanelProduct {
  /** Columns in a panel. */
  static final int WIDTH = 2 * Lanes.COUNT;

  private static final int LANES = Lanes.COUNT;
  private static final int ROWS = 6;

  private PanelProduct() {}

  /** The number of panels that {@code columns} columns take. */
  static int panels(int columns) {
    return (columns + WIDTH - 1) / WIDTH;
  }

  /**
   * Writes {@code rows} rows of {@code [rows, depth] · [depth, WIDTH]}.
   *
   * @param left rows from index {@code leftAt} on, {@code leftStride} apart
   * @param panel the panel from index {@code panelAt} on
   * @param out rows from index {@code outAt} on, {@code outStride} apart
   */
  static void multiply(
      float[] left,
      int leftAt,
      int leftStride,
      int rows,
      int depth,
      float[] panel,
      int panelAt,
      float[] out,
      int outAt,
      int outStride) {
    var row = 0;
    for (; row + ROWS <= rows; row += ROWS) {
      sixRows(
          left,
          leftAt + row * leftStride,
          leftStride,
          depth,
          panel,
          panelAt,
          out,
          outAt + row * outStride,
          outStride);
    }
    for (; row + 2 <= rows; row += 2) {
      twoRows(
          left,
          leftAt + row * leftStride,
          leftStride,
          depth,
          panel,
          panelAt,
          out,
          outAt + row * outStride,
          outStride);
    }
    if (row < rows) {
      oneRow(left, leftAt + row * leftStride, depth, panel, panelAt, out, outAt + row * outStride);
    }
  }

  private static void sixRows(
      float[] left, int a, int stride, int depth, float[] panel, int b, float[] out, int o, int s) {
    FloatVector c00 = FloatVector.zero(SPECIES), c01 = c00;
    FloatVector c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
    FloatVector c40 = c00, c41 = c00, c50 = c00, c51 = c00;
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(SPECIES, panel, b + k * WIDTH);
      var b1 = FloatVector.fromArray(SPECIES, panel, b + k * WIDTH + LANES);
      var x = FloatVector.broadcast(SPECIES, left[a + k]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(SPECIES, left[a + stride + k]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(SPECIES, left[a + 2 * stride + k]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(SPECIES, left[a + 3 * stride + k]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(SPECIES, left[a + 4 * stride + k]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(SPECIES, left[a + 5 * stride + k]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
    }
    store(c00, c01, out, o);
    store(c10, c11, out, o + s);
    store(c20, c21, out, o + 2 * s);
    store(c30, c31, out, o + 3 * s);
    store(c40, c41, out, o + 4 * s);
    store(c50, c51, out, o + 5 * s);
  }

  private static void twoRows(
      float[] left, int a, int stride, int depth, float[] panel, int b, float[] out, int o, int s) {
    FloatVector c00 = FloatVector.zero(SPECIES), c01 = c00, c10 = c00, c11 = c00;
    for (int k = 0; k < depth; k++) {
      var b0 = FloatVector.fromArray(SPECIES, panel, b + k * WIDTH);
      var b1 = FloatVector.fromArray(SPECIES, panel, b + k * WIDTH + LANES);
      var x = FloatVector.broadcast(SPECIES, left[a + k]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(SPECIES, left[a + stride + k]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
    }
    store(c00, c01, out, o);
    store(c10, c11, out, o + s);
  }

  private static void oneRow(
      float[] left, int a, int depth, float[] panel, int b, float[] out, int o) {
    FloatVector c0 = FloatVector.zero(SPECIES), c1 = c0;
    for (int k = 0; k < depth; k++) {
      var x = FloatVector.broadcast(SPECIES, left[a + k]);
      c0 = x.fma(FloatVector.fromArray(SPECIES, panel, b + k * WIDTH), c0);
      c1 = x.fma(FloatVector.fromArray(SPECIES, panel, b + k * WIDTH + LANES), c1);
    }
    store(c0, c1, out, o);
  }

  private static void store(FloatVector first, FloatVector second, float[] out, int at) {
    first.intoArray(out, at);
    second.intoArray(out, at + LANES);
  }
}
