package org.pellucid.engine.kernels.vector;

import org.pellucid.engine.kernels.Rectifier;

/**
 * The transforms of Winograd's convolution for one size of output tile: {@code Bᵀ d B} on the way
 * in, {@code Aᵀ m A} on the way out, and {@code G g Gᵀ} for the weights (Lavin and Gray, 2016).
 *
 * <p>An output tile of {@code m × m} pixels needs a patch of {@code (m + 2)²} input pixels. The
 * one-dimensional transforms follow from Toom's and Cook's construction over {@code m + 1} points
 * and infinity: row {@code i} of {@code Bᵀ} holds the coefficients of {@code Π (x − pⱼ)} over all
 * other points, row {@code i} of {@code G} is {@code (1, pᵢ, pᵢ²) / Π (pᵢ − pⱼ)}, and column {@code
 * i} of {@code Aᵀ} holds the powers of {@code pᵢ}.
 *
 * <p>Both transforms treat a few vectors of channels at a time: first along the columns of a patch
 * into a buffer, then along the rows of the buffer. Vectors pass between the two through memory
 * only, so that the compiler keeps them in registers within each. Positions in a patch count row by
 * row, and so do pixels.
 */
sealed interface WinogradTile permits WinogradF2, WinogradF4 {
  /** Vectors of channels that pass through the buffer at a time. */
  int VECTORS = 4;

  /** Pixels along an edge of the output tile. */
  int size();

  /** The points of interpolation, without infinity. */
  double[] points();

  /** Pixels along an edge of the input patch. */
  default int patch() {
    return size() + 2;
  }

  /** Numbers in a patch, and so matrix products in a convolution. */
  default int positions() {
    return patch() * patch();
  }

  /** Floats that the buffer needs. */
  default int bufferSize() {
    return positions() * VECTORS * Lanes.COUNT;
  }

  /** The matrix {@code G}, {@code [patch, 3]}. */
  default double[][] weightTransform() {
    var points = points();
    var g = new double[patch()][3];
    for (var i = 0; i < points.length; i++) {
      var product = 1.0;
      for (var j = 0; j < points.length; j++) {
        product *= i == j ? 1 : points[i] - points[j];
      }
      g[i] = new double[] {1 / product, points[i] / product, points[i] * points[i] / product};
    }
    g[points.length][2] = 1;
    return g;
  }

  /**
   * The input transform of some vectors of channels. One method, to be called at one place: the
   * compiler gives up on vectors in registers when it inlines a transform more than once.
   *
   * @param pixels the addresses of the patch's pixels
   * @param offset bytes from there to the first channel
   * @param at the index in {@code out} of the first position, the next one {@code step} further
   */
  void input(
      long[] pixels, long offset, int vectors, float[] buffer, float[] out, int at, int step);

  /**
   * The output transform of all channels, with bias and rectifier. The whole loop belongs to the
   * tile, so that the compiler meets it alone: it gives up on vectors in registers when it inlines
   * the transforms of both tiles into one place.
   *
   * @param products holds the positions, from index {@code at} on, each {@code step} after the last
   * @param channels a multiple of the lanes
   * @param bias the address of one number a channel
   * @param pixels the addresses of the tile's pixels
   */
  void output(
      float[] products,
      int at,
      int step,
      int channels,
      long bias,
      Rectifier rectifier,
      long[] pixels,
      float[] buffer);
}
