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

  /** {@link PanelProduct#multiply} for twelve rows, whose results lie in one piece. */
  static void multiply(
      float[] left,
      int[] starts,
      int first,
      PanelProduct.Rows rows,
      float[] panel,
      int panelAt,
      float[] out) {
    int a0 = starts[first];
    int a1 = starts[first + 1];
    int a2 = starts[first + 2];
    int a3 = starts[first + 3];
    int a4 = starts[first + 4];
    int a5 = starts[first + 5];
    int a6 = starts[first + 6];
    int a7 = starts[first + 7];
    int a8 = starts[first + 8];
    int a9 = starts[first + 9];
    int a10 = starts[first + 10];
    int a11 = starts[first + 11];
    var zero = Lanes.zero();
    int at = panelAt;
    boolean begun = false;
    for (int segment = 0; segment < rows.segments(); segment++) {
      int shift = segment * rows.pitch();
      for (int from = 0; from < rows.length(); from += CHAIN) {
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
        int end = Math.min(rows.length(), from + CHAIN);
        for (int k = from; k < end; k++) {
          var b0 = FloatVector.fromArray(SPECIES, panel, at);
          var b1 = FloatVector.fromArray(SPECIES, panel, at + LANES);
          at += WIDTH;
          var x = FloatVector.broadcast(SPECIES, left[a0 + shift + k]);
          c0a = x.fma(b0, c0a);
          c0b = x.fma(b1, c0b);
          x = FloatVector.broadcast(SPECIES, left[a1 + shift + k]);
          c1a = x.fma(b0, c1a);
          c1b = x.fma(b1, c1b);
          x = FloatVector.broadcast(SPECIES, left[a2 + shift + k]);
          c2a = x.fma(b0, c2a);
          c2b = x.fma(b1, c2b);
          x = FloatVector.broadcast(SPECIES, left[a3 + shift + k]);
          c3a = x.fma(b0, c3a);
          c3b = x.fma(b1, c3b);
          x = FloatVector.broadcast(SPECIES, left[a4 + shift + k]);
          c4a = x.fma(b0, c4a);
          c4b = x.fma(b1, c4b);
          x = FloatVector.broadcast(SPECIES, left[a5 + shift + k]);
          c5a = x.fma(b0, c5a);
          c5b = x.fma(b1, c5b);
          x = FloatVector.broadcast(SPECIES, left[a6 + shift + k]);
          c6a = x.fma(b0, c6a);
          c6b = x.fma(b1, c6b);
          x = FloatVector.broadcast(SPECIES, left[a7 + shift + k]);
          c7a = x.fma(b0, c7a);
          c7b = x.fma(b1, c7b);
          x = FloatVector.broadcast(SPECIES, left[a8 + shift + k]);
          c8a = x.fma(b0, c8a);
          c8b = x.fma(b1, c8b);
          x = FloatVector.broadcast(SPECIES, left[a9 + shift + k]);
          c9a = x.fma(b0, c9a);
          c9b = x.fma(b1, c9b);
          x = FloatVector.broadcast(SPECIES, left[a10 + shift + k]);
          c10a = x.fma(b0, c10a);
          c10b = x.fma(b1, c10b);
          x = FloatVector.broadcast(SPECIES, left[a11 + shift + k]);
          c11a = x.fma(b0, c11a);
          c11b = x.fma(b1, c11b);
        }
        if (begun) {
          FloatVector.fromArray(SPECIES, out, 0).add(c0a).intoArray(out, 0);
          FloatVector.fromArray(SPECIES, out, LANES).add(c0b).intoArray(out, LANES);
          FloatVector.fromArray(SPECIES, out, WIDTH).add(c1a).intoArray(out, WIDTH);
          FloatVector.fromArray(SPECIES, out, WIDTH + LANES).add(c1b).intoArray(out, WIDTH + LANES);
          FloatVector.fromArray(SPECIES, out, 2 * WIDTH).add(c2a).intoArray(out, 2 * WIDTH);
          FloatVector.fromArray(SPECIES, out, 2 * WIDTH + LANES)
              .add(c2b)
              .intoArray(out, 2 * WIDTH + LANES);
          FloatVector.fromArray(SPECIES, out, 3 * WIDTH).add(c3a).intoArray(out, 3 * WIDTH);
          FloatVector.fromArray(SPECIES, out, 3 * WIDTH + LANES)
              .add(c3b)
              .intoArray(out, 3 * WIDTH + LANES);
          FloatVector.fromArray(SPECIES, out, 4 * WIDTH).add(c4a).intoArray(out, 4 * WIDTH);
          FloatVector.fromArray(SPECIES, out, 4 * WIDTH + LANES)
              .add(c4b)
              .intoArray(out, 4 * WIDTH + LANES);
          FloatVector.fromArray(SPECIES, out, 5 * WIDTH).add(c5a).intoArray(out, 5 * WIDTH);
          FloatVector.fromArray(SPECIES, out, 5 * WIDTH + LANES)
              .add(c5b)
              .intoArray(out, 5 * WIDTH + LANES);
          FloatVector.fromArray(SPECIES, out, 6 * WIDTH).add(c6a).intoArray(out, 6 * WIDTH);
          FloatVector.fromArray(SPECIES, out, 6 * WIDTH + LANES)
              .add(c6b)
              .intoArray(out, 6 * WIDTH + LANES);
          FloatVector.fromArray(SPECIES, out, 7 * WIDTH).add(c7a).intoArray(out, 7 * WIDTH);
          FloatVector.fromArray(SPECIES, out, 7 * WIDTH + LANES)
              .add(c7b)
              .intoArray(out, 7 * WIDTH + LANES);
          FloatVector.fromArray(SPECIES, out, 8 * WIDTH).add(c8a).intoArray(out, 8 * WIDTH);
          FloatVector.fromArray(SPECIES, out, 8 * WIDTH + LANES)
              .add(c8b)
              .intoArray(out, 8 * WIDTH + LANES);
          FloatVector.fromArray(SPECIES, out, 9 * WIDTH).add(c9a).intoArray(out, 9 * WIDTH);
          FloatVector.fromArray(SPECIES, out, 9 * WIDTH + LANES)
              .add(c9b)
              .intoArray(out, 9 * WIDTH + LANES);
          FloatVector.fromArray(SPECIES, out, 10 * WIDTH).add(c10a).intoArray(out, 10 * WIDTH);
          FloatVector.fromArray(SPECIES, out, 10 * WIDTH + LANES)
              .add(c10b)
              .intoArray(out, 10 * WIDTH + LANES);
          FloatVector.fromArray(SPECIES, out, 11 * WIDTH).add(c11a).intoArray(out, 11 * WIDTH);
          FloatVector.fromArray(SPECIES, out, 11 * WIDTH + LANES)
              .add(c11b)
              .intoArray(out, 11 * WIDTH + LANES);
        } else {
          zero.add(c0a).intoArray(out, 0);
          zero.add(c0b).intoArray(out, LANES);
          zero.add(c1a).intoArray(out, WIDTH);
          zero.add(c1b).intoArray(out, WIDTH + LANES);
          zero.add(c2a).intoArray(out, 2 * WIDTH);
          zero.add(c2b).intoArray(out, 2 * WIDTH + LANES);
          zero.add(c3a).intoArray(out, 3 * WIDTH);
          zero.add(c3b).intoArray(out, 3 * WIDTH + LANES);
          zero.add(c4a).intoArray(out, 4 * WIDTH);
          zero.add(c4b).intoArray(out, 4 * WIDTH + LANES);
          zero.add(c5a).intoArray(out, 5 * WIDTH);
          zero.add(c5b).intoArray(out, 5 * WIDTH + LANES);
          zero.add(c6a).intoArray(out, 6 * WIDTH);
          zero.add(c6b).intoArray(out, 6 * WIDTH + LANES);
          zero.add(c7a).intoArray(out, 7 * WIDTH);
          zero.add(c7b).intoArray(out, 7 * WIDTH + LANES);
          zero.add(c8a).intoArray(out, 8 * WIDTH);
          zero.add(c8b).intoArray(out, 8 * WIDTH + LANES);
          zero.add(c9a).intoArray(out, 9 * WIDTH);
          zero.add(c9b).intoArray(out, 9 * WIDTH + LANES);
          zero.add(c10a).intoArray(out, 10 * WIDTH);
          zero.add(c10b).intoArray(out, 10 * WIDTH + LANES);
          zero.add(c11a).intoArray(out, 11 * WIDTH);
          zero.add(c11b).intoArray(out, 11 * WIDTH + LANES);
          begun = true;
        }
      }
    }
  }
}
