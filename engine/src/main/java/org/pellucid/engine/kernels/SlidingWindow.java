package org.pellucid.engine.kernels;

import static org.pellucid.engine.tensor.Shapes.check;

/**
 * How a convolution's or a pool's window moves over an image: its size, its stride and the padding
 * at each side, in pixels.
 */
public record SlidingWindow(
    int height, int width, int strideHeight, int strideWidth, int paddingHeight, int paddingWidth) {

  /**
   * Checks that sizes and strides are positive and paddings are not negative.
   *
   * @throws IllegalArgumentException otherwise
   */
  public SlidingWindow {
    check(
        height > 0
            && width > 0
            && strideHeight > 0
            && strideWidth > 0
            && paddingHeight >= 0
            && paddingWidth >= 0,
        "A window of %dx%d pixels can't move by %dx%d with a padding of %dx%d",
        height,
        width,
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth);
  }

  /** A window with the same size, stride and padding in both directions. */
  public static SlidingWindow square(int size, int stride, int padding) {
    return new SlidingWindow(size, size, stride, stride, padding, padding);
  }

  /**
   * The number of rows that the window visits in an image of {@code rows} rows.
   *
   * @throws IllegalArgumentException if the window is larger than the padded image
   */
  public int outputHeight(long rows) {
    return outputs(rows, height, strideHeight, paddingHeight);
  }

  /**
   * The number of columns that the window visits in an image of {@code columns} columns.
   *
   * @throws IllegalArgumentException if the window is larger than the padded image
   */
  public int outputWidth(long columns) {
    return outputs(columns, width, strideWidth, paddingWidth);
  }

  private static int outputs(long size, int window, int stride, int padding) {
    var free = size + 2L * padding - window;
    check(free >= 0, "A window of %d pixels doesn't fit into %d+2x%d", window, size, padding);
    return Math.toIntExact(free / stride + 1);
  }

  /** The number of pixels under the window. */
  public int pixels() {
    return height * width;
  }
}
