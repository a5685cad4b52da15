package org.pellucid.engine.kernels.vector;

import java.util.Arrays;

/**
 * A copy of some rows of an image {@code [rows, width, channels]} with zeros around it, in which a
 * window never leaves the image and the pixels under one of its rows lie side by side.
 *
 * @param values the copy, and after it room for one vector
 * @param pitch numbers from one row to the next
 */
record PaddedRows(float[] values, int pitch) {

  /**
   * Copies some rows.
   *
   * @param image the address of the image {@code [height, width, channels]}
   * @param mask beside the image; where it is closed, the pixel counts as 0
   * @param firstRow the first row of the copy; those outside the image are zeros
   * @param left pixels of zeros before each row, and {@code right} after it
   */
  static PaddedRows copy(
      long image,
      Gate mask,
      int height,
      int width,
      int channels,
      int firstRow,
      int rows,
      int left,
      int right,
      Scratch own) {
    var border = left * channels;
    var inside = width * channels;
    var pitch = inside + border + right * channels;
    var values = own.rows(rows * pitch + Lanes.COUNT);
    for (var row = 0; row < rows; row++) {
      var y = firstRow + row;
      var to = row * pitch;
      if (y < 0 || y >= height) {
        Arrays.fill(values, to, to + pitch, 0);
        continue;
      }
      Arrays.fill(values, to, to + border, 0);
      var shift = (long) y * inside * Float.BYTES;
      if (!mask.isPresent()) {
        Lanes.copy(image + shift, values, to + border, inside);
      } else {
        copyMasked(image, mask, shift, values, to + border, inside);
      }
      Arrays.fill(values, to + border + inside, to + pitch, 0);
    }
    return new PaddedRows(values, pitch);
  }

  private static void copyMasked(long from, Gate mask, long offset, float[] to, int at, int count) {
    int whole = (int) Lanes.whole(count);
    for (int i = 0; i < whole; i += Lanes.COUNT) {
      var shift = offset + (long) i * Float.BYTES;
      var open = mask.open(Lanes.load(mask.address() + shift));
      Lanes.zero().blend(Lanes.load(from + shift), open).intoArray(to, at + i);
    }
    if (whole < count) {
      var present = Lanes.first(count - whole);
      var shift = offset + (long) whole * Float.BYTES;
      var open = mask.open(Lanes.load(mask.address() + shift, present));
      Lanes.load(from + shift, open).intoArray(to, at + whole, present);
    }
  }
}
