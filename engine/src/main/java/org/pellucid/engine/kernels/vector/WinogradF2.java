package org.pellucid.engine.kernels.vector;

import static org.pellucid.engine.kernels.vector.Lanes.SPECIES;

import jdk.incubator.vector.FloatVector;
import org.pellucid.engine.kernels.Rectifier;

/**
 * F(2×2, 3×3) with the points 0, ±1: 16 multiplications where 36 are due. All constants are 0 and
 * ±1, so that it rounds least.
 */
record WinogradF2() implements WinogradTile {
  private static final int LANES = Lanes.COUNT;

  @Override
  public int size() {
    return 2;
  }

  @Override
  public double[] points() {
    return new double[] {0, 1, -1};
  }

  @Override
  public void input(
      long[] pixels, long offset, int vectors, float[] buffer, float[] out, int at, int step) {
    inputColumns(pixels, offset, vectors, buffer);
    inputRows(buffer, vectors, out, at, step);
  }

  private static void inputColumns(long[] pixels, long offset, int vectors, float[] buffer) {
    for (int v = 0; v < vectors; v++) {
      for (int x = 0; x < 4; x++) {
        var shift = offset + v * Lanes.BYTES;
        var d0 = Lanes.load(pixels[x] + shift);
        var d1 = Lanes.load(pixels[4 + x] + shift);
        var d2 = Lanes.load(pixels[8 + x] + shift);
        var d3 = Lanes.load(pixels[12 + x] + shift);
        var at = (v * 16 + x) * LANES;
        d2.sub(d0).intoArray(buffer, at);
        d2.add(d1).intoArray(buffer, at + 4 * LANES);
        d2.sub(d1).intoArray(buffer, at + 8 * LANES);
        d3.sub(d1).intoArray(buffer, at + 12 * LANES);
      }
    }
  }

  private static void inputRows(float[] buffer, int vectors, float[] out, int at, int step) {
    for (int v = 0; v < vectors; v++) {
      for (int y = 0; y < 4; y++) {
        var from = (v * 16 + y * 4) * LANES;
        var d0 = FloatVector.fromArray(SPECIES, buffer, from);
        var d1 = FloatVector.fromArray(SPECIES, buffer, from + LANES);
        var d2 = FloatVector.fromArray(SPECIES, buffer, from + 2 * LANES);
        var d3 = FloatVector.fromArray(SPECIES, buffer, from + 3 * LANES);
        var to = at + v * LANES + y * 4 * step;
        d2.sub(d0).intoArray(out, to);
        d2.add(d1).intoArray(out, to + step);
        d2.sub(d1).intoArray(out, to + 2 * step);
        d3.sub(d1).intoArray(out, to + 3 * step);
      }
    }
  }

  @Override
  public void output(
      float[] products,
      int at,
      int step,
      int channels,
      long bias,
      Rectifier rectifier,
      long[] pixels,
      float[] buffer) {
    for (int k = 0; k < channels; k += VECTORS * LANES) {
      int vectors = Math.min(VECTORS, (channels - k) / LANES);
      outputColumns(products, at + k, step, vectors, buffer);
      outputRows(buffer, vectors, bias, rectifier, pixels, (long) k * Float.BYTES);
    }
  }

  private static void outputColumns(
      float[] products, int at, int step, int vectors, float[] buffer) {
    for (int v = 0; v < vectors; v++) {
      for (int x = 0; x < 4; x++) {
        var from = at + x * step + v * LANES;
        var d0 = FloatVector.fromArray(SPECIES, products, from);
        var d1 = FloatVector.fromArray(SPECIES, products, from + 4 * step);
        var d2 = FloatVector.fromArray(SPECIES, products, from + 8 * step);
        var d3 = FloatVector.fromArray(SPECIES, products, from + 12 * step);
        var to = (v * 8 + x) * LANES;
        d0.add(d1.add(d2)).intoArray(buffer, to);
        d1.sub(d2).add(d3).intoArray(buffer, to + 4 * LANES);
      }
    }
  }

  private static void outputRows(
      float[] buffer, int vectors, long bias, Rectifier rectifier, long[] pixels, long offset) {
    var least = Lanes.broadcast(rectifier.least());
    var most = Lanes.broadcast(rectifier.most());
    for (int v = 0; v < vectors; v++) {
      var shift = offset + v * Lanes.BYTES;
      var biases = Lanes.load(bias + shift);
      for (int y = 0; y < 2; y++) {
        var from = (v * 8 + y * 4) * LANES;
        var d0 = FloatVector.fromArray(SPECIES, buffer, from);
        var d1 = FloatVector.fromArray(SPECIES, buffer, from + LANES);
        var d2 = FloatVector.fromArray(SPECIES, buffer, from + 2 * LANES);
        var d3 = FloatVector.fromArray(SPECIES, buffer, from + 3 * LANES);
        var y0 = d0.add(d1.add(d2)).add(biases);
        var y1 = d1.sub(d2).add(d3).add(biases);
        Lanes.store(Lanes.clamp(y0, least, most), pixels[y * 2] + shift);
        Lanes.store(Lanes.clamp(y1, least, most), pixels[y * 2 + 1] + shift);
      }
    }
  }
}
