package org.pellucid.explain.perturbation;

import java.util.Arrays;
import org.pellucid.explain.segmentation.Superpixels;

/** An image with some of its superpixels hidden, in as many ways as a matrix has rows. */
final class MaskedImages {
  private final float[] image;
  private final float[] hidden;
  private final int[] columns;
  private final int channels;

  /**
   * Prepares what hidden superpixels show.
   *
   * @param image samples {@code [channels, height, width]}
   * @param columns the column that hides each pixel; pixels beyond a matrix's columns always show
   */
  MaskedImages(float[] image, Superpixels superpixels, int[] columns, HideColour colour) {
    this.image = image;
    this.columns = columns;
    this.hidden = colour.over(image, superpixels);
    this.channels = image.length / columns.length;
  }

  /** The column that hides each pixel where the first one hides the superpixel of a label. */
  static int[] columns(Superpixels superpixels, int labelOfColumn0) {
    return Arrays.stream(superpixels.labels()).map(label -> label - labelOfColumn0).toArray();
  }

  /**
   * Writes one changed image.
   *
   * @param shown which columns each row shows
   * @param target where {@code [channels, height, width]} samples are written from {@code offset}
   */
  void write(BitMatrix shown, int row, float[] target, int offset) {
    var columnsShown = new boolean[shown.columns()];
    for (var column = 0; column < columnsShown.length; column++) {
      columnsShown[column] = shown.get(row, column);
    }
    write(columnsShown, target, offset);
  }

  /**
   * Writes one changed image.
   *
   * @param shown which columns are shown
   * @param target where {@code [channels, height, width]} samples are written from {@code offset}
   */
  void write(boolean[] shown, float[] target, int offset) {
    var pixels = columns.length;
    for (var pixel = 0; pixel < pixels; pixel++) {
      var source = columns[pixel] >= shown.length || shown[columns[pixel]] ? image : hidden;
      for (var at = pixel; at < channels * pixels; at += pixels) {
        target[offset + at] = source[at];
      }
    }
  }
}
