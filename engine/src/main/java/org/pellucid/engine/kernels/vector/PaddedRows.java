package org.pellucid.engine.kernels.vector;

import java.util.Arrays;
import jdk.incubator.vector.VectorOperators;
import org.pellucid.engine.kernels.SlidingWindow;

/**
 * A copy of some rows of an image {@code [rows, width, channels]} with zeros around it, in which a
 * window never leaves the image and the pixels under one of its rows lie side by side.
 *
 * @param values the copy, and after it room for one vector
 * @param pitch numbers from one row to the next
 */
record PaddedRows(float[] values, int pitch) {

  /**
   * Copies the rows that a window needs.
   *
   * @param image the address of the image {@code [height, width, channels]}
   * @param mask the address of as many numbers, or 0; where one is not positive, the pixel counts
   *     as 0
   * @param firstRow the first row that is needed, counted in the padded image
   */
  static PaddedRows copy(
      long image,
      long mask,
      int height,
      int width,
      int channels,
      SlidingWindow window,
      int firstRow,
      int rows,
      Scratch own) {
    var border = window.paddingWidth() * channels;
    var inside = width * channels;
    var pitch = inside + 2 * border;
    var values = own.rows(rows * pitch + Lanes.COUNT);
    for (var row = 0; row < rows; row++) {
      var y = firstRow + row - window.paddingHeight();
      var to = row * pitch;
      if (y < 0 || y >= height) {
        Arrays.fill(values, to, to + pitch, 0);
        continue;
      }
      Arrays.fill(values, to, to + border, 0);
      var shift = (long) y * inside * Float.BYTES;
      if (mask == 0) {
        Lanes.copy(image + shift, values, to + border, inside);
      } else {
        copyMasked(image + shift, mask + shift, values, to + border, inside);
      }
      Arrays.fill(values, to + border + inside, to + pitch, 0);
    }
    return new PaddedRows(values, pitch);
  }

  private static void copyMasked(long from, long mask, float[] to, int at, int count) {
    for (int i = 0; i < count; i += Lanes.COUNT) {
      var present = Lanes.first(count - i);
      var shift = (long) i * Float.BYTES;
      var positive = Lanes.load(mask + shift, present).compare(VectorOperators.GT, 0f);
      Lanes.load(from + shift, positive).intoArray(to, at + i, present);
    }
  }
}
