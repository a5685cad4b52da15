package org.pellucid.engine.kernels;

import static org.pellucid.engine.tensor.Shapes.check;

/**
 * How a convolution's or a pool's window moves over an image: its size, its stride and the padding
 * at each side, in pixels.
 *
 * @param dilationHeight rows from one position in the window to the next, 1 in most layers
 * @param dilationWidth columns from one position to the next
 * @param ceiling whether a last step that leaves the padded image counts, as long as its window
 *     begins before the padding at the end; otherwise every window lies inside
 */
public record SlidingWindow(
    int height,
    int width,
    int strideHeight,
    int strideWidth,
    int paddingHeight,
    int paddingWidth,
    int dilationHeight,
    int dilationWidth,
    boolean ceiling) {

  /**
   * Checks that sizes, strides and dilations are positive and paddings are not negative.
   *
   * @throws IllegalArgumentException otherwise
   */
  public SlidingWindow {
    check(
        dilationHeight > 0 && dilationWidth > 0,
        "A window can't be dilated by %dx%d",
        dilationHeight,
        dilationWidth);
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

  /**
   * A window without gaps that stays inside the padded image.
   *
   * @throws IllegalArgumentException if a size or stride isn't positive or a padding is negative
   */
  public SlidingWindow(
      int height,
      int width,
      int strideHeight,
      int strideWidth,
      int paddingHeight,
      int paddingWidth) {
    this(height, width, strideHeight, strideWidth, paddingHeight, paddingWidth, 1, 1, false);
  }

  /** A window with the same size, stride and padding in both directions. */
  public static SlidingWindow square(int size, int stride, int padding) {
    return new SlidingWindow(size, size, stride, stride, padding, padding);
  }

  /**
   * This window with gaps between its positions.
   *
   * @throws IllegalArgumentException if a dilation isn't positive
   */
  public SlidingWindow dilated(int rows, int columns) {
    return new SlidingWindow(
        height,
        width,
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        rows,
        columns,
        ceiling);
  }

  /** This window with a last step that may leave the padded image. */
  public SlidingWindow roundedUp() {
    return new SlidingWindow(
        height,
        width,
        strideHeight,
        strideWidth,
        paddingHeight,
        paddingWidth,
        dilationHeight,
        dilationWidth,
        true);
  }

  /** Whether there are gaps between the window's positions. */
  public boolean isDilated() {
    return dilationHeight > 1 || dilationWidth > 1;
  }

  /** The rows from the window's first position to its last. */
  public int spanHeight() {
    return (height - 1) * dilationHeight + 1;
  }

  /** The columns from the window's first position to its last. */
  public int spanWidth() {
    return (width - 1) * dilationWidth + 1;
  }

  /**
   * The number of rows that the window visits in an image of {@code rows} rows.
   *
   * @throws IllegalArgumentException if the window is larger than the padded image
   */
  public int outputHeight(long rows) {
    return outputs(rows, spanHeight(), strideHeight, paddingHeight);
  }

  /**
   * The number of columns that the window visits in an image of {@code columns} columns.
   *
   * @throws IllegalArgumentException if the window is larger than the padded image
   */
  public int outputWidth(long columns) {
    return outputs(columns, spanWidth(), strideWidth, paddingWidth);
  }

  private int outputs(long size, int span, int stride, int padding) {
    var free = size + 2L * padding - span;
    check(free >= 0, "A window of %d pixels doesn't fit into %d+2x%d", span, size, padding);
    var steps = ceiling ? Math.ceilDiv(free, stride) : free / stride;
    var leaves = ceiling && steps * stride >= size + padding;
    return Math.toIntExact(leaves ? steps : steps + 1);
  }

  /** The number of pixels under the window. */
  public int pixels() {
    return height * width;
  }
}
