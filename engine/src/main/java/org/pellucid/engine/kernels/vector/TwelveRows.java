package org.pellucid.engine.kernels.vector;

import static org.pellucid.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Twelve rows of {@link PanelProduct} at a time, for processors with 32 vector registers.
 *
 * <p>24 accumulators, two registers for the panel and one for a broadcast number of a row are 27.
 * The arithmetic is no faster than with six rows, since those keep the multipliers busy too; but
 * the panel passes through the processor half as often. That counts while it comes from memory,
 * which no single thread reads as fast as it multiplies: 171 instead of 144 GFLOP/s for 36 rows of
 * 768 numbers, and 204 instead of 194 for 120, with weights that aren't in any cache (Zen 5).
 *
 * <p>No register is left for the sums of the chains, so these lie where the results go. Each number
 * is summed in the order of {@link PanelProduct}, and has its bits.
 */
final class TwelveRows {
  /** Rows computed at a time. */
  static final int ROWS = 12;

  private static final int LANES = Lanes.COUNT;
  private static final int WIDTH = PanelProduct.WIDTH;
  private static final int CHAIN = PanelProduct.CHAIN;

  /** Vectors of 64 bytes come with 32 registers. */
  static final boolean FIT = Lanes.BYTES >= 64;

  private TwelveRows() {}

  /**
   * {@link PanelProduct#multiply} for a panel that lies in no cache near: its first twelve rows
   * together, the others as ever.
   */
  static void multiplyFar(
      float[] left,
      int leftAt,
      int[] starts,
      int count,
      PanelProduct.Rows rows,
      float[] panel,
      int panelAt,
      float[] out,
      int outAt,
      int stride) {
    var row = 0;
    if (FIT && count >= ROWS) {
      multiply(left, leftAt, starts, rows, panel, panelAt, out, outAt, stride);
      row = ROWS;
    }
    PanelProduct.multiply(
        left,
        leftAt,
        starts,
        row,
        count - row,
        rows,
        panel,
        panelAt,
        out,
        outAt + row * stride,
        stride);
  }

  private static void multiply(
      float[] left,
      int leftAt,
      int[] starts,
      PanelProduct.Rows rows,
      float[] panel,
      int panelAt,
      float[] out,
      int o,
      int stride) {
    int length = rows.length();
    for (int segment = 0; segment < rows.segments(); segment++) {
      int from = leftAt + segment * rows.pitch();
      int at = panelAt + segment * length * WIDTH;
      segment(left, from, starts, length, panel, at, out, o, stride, segment > 0);
    }
  }

  /**
   * One segment of each row.
   *
   * <p>A method of its own for the sake of a program's first pass: HotSpot compiles a method that
   * was called often, but replaces a loop under way that has made 40,000 steps within fewer than
   * some 1,000 calls. The latter takes five times as long here, keeps vectors on the heap, and is
   * thrown away for the whole method later. Segments of one chain stay below that.
   *
   * @param at the index of the segment's first number in {@code panel}
   * @param follows whether {@code out} holds the sums of segments before
   */
  private static void segment(
      float[] left,
      int leftAt,
      int[] starts,
      int length,
      float[] panel,
      int at,
      float[] out,
      int o,
      int stride,
      boolean follows) {
    int a0 = leftAt + starts[0];
    int a1 = leftAt + starts[1];
    int a2 = leftAt + starts[2];
    int a3 = leftAt + starts[3];
    int a4 = leftAt + starts[4];
    int a5 = leftAt + starts[5];
    int a6 = leftAt + starts[6];
    int a7 = leftAt + starts[7];
    int a8 = leftAt + starts[8];
    int a9 = leftAt + starts[9];
    int a10 = leftAt + starts[10];
    int a11 = leftAt + starts[11];
    var zero = Lanes.zero();
    boolean begun = follows;
    for (int from = 0; from < length; from += CHAIN) {
      FloatVector c0a = zero,
          c0b = zero,
          c1a = zero,
          c1b = zero,
          c2a = zero,
          c2b = zero,
          c3a = zero,
          c3b = zero,
          c4a = zero,
          c4b = zero,
          c5a = zero,
          c5b = zero,
          c6a = zero,
          c6b = zero,
          c7a = zero,
          c7b = zero,
          c8a = zero,
          c8b = zero,
          c9a = zero,
          c9b = zero,
          c10a = zero,
          c10b = zero,
          c11a = zero,
          c11b = zero;
      int end = Math.min(length, from + CHAIN);
      for (int k = from; k < end; k++) {
        var b0 = FloatVector.fromArray(SPECIES, panel, at);
        var b1 = FloatVector.fromArray(SPECIES, panel, at + LANES);
        at += WIDTH;
        var x = FloatVector.broadcast(SPECIES, left[a0 + k]);
        c0a = x.fma(b0, c0a);
        c0b = x.fma(b1, c0b);
        x = FloatVector.broadcast(SPECIES, left[a1 + k]);
        c1a = x.fma(b0, c1a);
        c1b = x.fma(b1, c1b);
        x = FloatVector.broadcast(SPECIES, left[a2 + k]);
        c2a = x.fma(b0, c2a);
        c2b = x.fma(b1, c2b);
        x = FloatVector.broadcast(SPECIES, left[a3 + k]);
        c3a = x.fma(b0, c3a);
        c3b = x.fma(b1, c3b);
        x = FloatVector.broadcast(SPECIES, left[a4 + k]);
        c4a = x.fma(b0, c4a);
        c4b = x.fma(b1, c4b);
        x = FloatVector.broadcast(SPECIES, left[a5 + k]);
        c5a = x.fma(b0, c5a);
        c5b = x.fma(b1, c5b);
        x = FloatVector.broadcast(SPECIES, left[a6 + k]);
        c6a = x.fma(b0, c6a);
        c6b = x.fma(b1, c6b);
        x = FloatVector.broadcast(SPECIES, left[a7 + k]);
        c7a = x.fma(b0, c7a);
        c7b = x.fma(b1, c7b);
        x = FloatVector.broadcast(SPECIES, left[a8 + k]);
        c8a = x.fma(b0, c8a);
        c8b = x.fma(b1, c8b);
        x = FloatVector.broadcast(SPECIES, left[a9 + k]);
        c9a = x.fma(b0, c9a);
        c9b = x.fma(b1, c9b);
        x = FloatVector.broadcast(SPECIES, left[a10 + k]);
        c10a = x.fma(b0, c10a);
        c10b = x.fma(b1, c10b);
        x = FloatVector.broadcast(SPECIES, left[a11 + k]);
        c11a = x.fma(b0, c11a);
        c11b = x.fma(b1, c11b);
      }
      if (begun) {
        FloatVector.fromArray(SPECIES, out, o).add(c0a).intoArray(out, o);
        FloatVector.fromArray(SPECIES, out, o + LANES).add(c0b).intoArray(out, o + LANES);
        FloatVector.fromArray(SPECIES, out, o + stride).add(c1a).intoArray(out, o + stride);
        FloatVector.fromArray(SPECIES, out, o + stride + LANES)
            .add(c1b)
            .intoArray(out, o + stride + LANES);
        FloatVector.fromArray(SPECIES, out, o + 2 * stride).add(c2a).intoArray(out, o + 2 * stride);
        FloatVector.fromArray(SPECIES, out, o + 2 * stride + LANES)
            .add(c2b)
            .intoArray(out, o + 2 * stride + LANES);
        FloatVector.fromArray(SPECIES, out, o + 3 * stride).add(c3a).intoArray(out, o + 3 * stride);
        FloatVector.fromArray(SPECIES, out, o + 3 * stride + LANES)
            .add(c3b)
            .intoArray(out, o + 3 * stride + LANES);
        FloatVector.fromArray(SPECIES, out, o + 4 * stride).add(c4a).intoArray(out, o + 4 * stride);
        FloatVector.fromArray(SPECIES, out, o + 4 * stride + LANES)
            .add(c4b)
            .intoArray(out, o + 4 * stride + LANES);
        FloatVector.fromArray(SPECIES, out, o + 5 * stride).add(c5a).intoArray(out, o + 5 * stride);
        FloatVector.fromArray(SPECIES, out, o + 5 * stride + LANES)
            .add(c5b)
            .intoArray(out, o + 5 * stride + LANES);
        FloatVector.fromArray(SPECIES, out, o + 6 * stride).add(c6a).intoArray(out, o + 6 * stride);
        FloatVector.fromArray(SPECIES, out, o + 6 * stride + LANES)
            .add(c6b)
            .intoArray(out, o + 6 * stride + LANES);
        FloatVector.fromArray(SPECIES, out, o + 7 * stride).add(c7a).intoArray(out, o + 7 * stride);
        FloatVector.fromArray(SPECIES, out, o + 7 * stride + LANES)
            .add(c7b)
            .intoArray(out, o + 7 * stride + LANES);
        FloatVector.fromArray(SPECIES, out, o + 8 * stride).add(c8a).intoArray(out, o + 8 * stride);
        FloatVector.fromArray(SPECIES, out, o + 8 * stride + LANES)
            .add(c8b)
            .intoArray(out, o + 8 * stride + LANES);
        FloatVector.fromArray(SPECIES, out, o + 9 * stride).add(c9a).intoArray(out, o + 9 * stride);
        FloatVector.fromArray(SPECIES, out, o + 9 * stride + LANES)
            .add(c9b)
            .intoArray(out, o + 9 * stride + LANES);
        FloatVector.fromArray(SPECIES, out, o + 10 * stride)
            .add(c10a)
            .intoArray(out, o + 10 * stride);
        FloatVector.fromArray(SPECIES, out, o + 10 * stride + LANES)
            .add(c10b)
            .intoArray(out, o + 10 * stride + LANES);
        FloatVector.fromArray(SPECIES, out, o + 11 * stride)
            .add(c11a)
            .intoArray(out, o + 11 * stride);
        FloatVector.fromArray(SPECIES, out, o + 11 * stride + LANES)
            .add(c11b)
            .intoArray(out, o + 11 * stride + LANES);
      } else {
        zero.add(c0a).intoArray(out, o);
        zero.add(c0b).intoArray(out, o + LANES);
        zero.add(c1a).intoArray(out, o + stride);
        zero.add(c1b).intoArray(out, o + stride + LANES);
        zero.add(c2a).intoArray(out, o + 2 * stride);
        zero.add(c2b).intoArray(out, o + 2 * stride + LANES);
        zero.add(c3a).intoArray(out, o + 3 * stride);
        zero.add(c3b).intoArray(out, o + 3 * stride + LANES);
        zero.add(c4a).intoArray(out, o + 4 * stride);
        zero.add(c4b).intoArray(out, o + 4 * stride + LANES);
        zero.add(c5a).intoArray(out, o + 5 * stride);
        zero.add(c5b).intoArray(out, o + 5 * stride + LANES);
        zero.add(c6a).intoArray(out, o + 6 * stride);
        zero.add(c6b).intoArray(out, o + 6 * stride + LANES);
        zero.add(c7a).intoArray(out, o + 7 * stride);
        zero.add(c7b).intoArray(out, o + 7 * stride + LANES);
        zero.add(c8a).intoArray(out, o + 8 * stride);
        zero.add(c8b).intoArray(out, o + 8 * stride + LANES);
        zero.add(c9a).intoArray(out, o + 9 * stride);
        zero.add(c9b).intoArray(out, o + 9 * stride + LANES);
        zero.add(c10a).intoArray(out, o + 10 * stride);
        zero.add(c10b).intoArray(out, o + 10 * stride + LANES);
        zero.add(c11a).intoArray(out, o + 11 * stride);
        zero.add(c11b).intoArray(out, o + 11 * stride + LANES);
        begun = true;
      }
    }
  }
}
