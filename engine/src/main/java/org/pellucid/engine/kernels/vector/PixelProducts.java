package org.pellucid.engine.kernels.vector;

import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.vector.PanelProduct.Rows;

/**
 * The products of pixels with a convolution's weights, and what is done to the results.
 *
 * @param bias the address of one number a filter, or 0 for none
 */
record PixelProducts(Panels weights, long bias, Rectifier rectifier) {
  /** Numbers of panels that stay in the first-level cache beside the pixels. */
  private static final int NEAR = 6144;

  /** Pixels that are multiplied with all of these panels before their results go out. */
  private static final int FEW = 4 * PanelProduct.ROWS;

  int filters() {
    return weights.columns();
  }

  /** The bytes of one pixel's results. */
  long pixel() {
    return filters() * 4L;
  }

  /**
   * The products of pixels with some panels. Panels that stay in the first-level cache together are
   * used for a few pixels at a time, so that results go out as they lie in memory; others one after
   * the other for all pixels.
   *
   * @param starts the indices in {@code left} at which the pixels' windows begin
   * @param rows how a window lies there
   * @param out the address of the first pixel's results
   */
  void multiply(
      float[] left,
      int[] starts,
      int pixels,
      Rows rows,
      int firstPanel,
      int endPanel,
      long out,
      Scratch own) {
    var panels = endPanel - firstPanel;
    var isSmall = panels * weights.depth() * PanelProduct.WIDTH <= NEAR;
    var run = isSmall ? FEW : pixels;
    var products = own.products(run * PanelProduct.WIDTH);
    for (int pixel = 0, count; pixel < pixels; pixel += count) {
      count = Math.min(run, pixels - pixel);
      for (var panel = firstPanel; panel < endPanel; panel++) {
        PanelProduct.multiply(
            left,
            0,
            starts,
            pixel,
            count,
            rows,
            weights.values(),
            weights.at(0, panel),
            products,
            0,
            PanelProduct.WIDTH);
        var filter = panel * PanelProduct.WIDTH;
        PanelOutput.store(
            products,
            0,
            count,
            filters() - filter,
            bias == 0 ? 0 : bias + filter * 4L,
            rectifier,
            out + pixel * pixel() + filter * 4L,
            pixel());
      }
    }
  }
}
