package org.pellucid.explain.perturbation;

import org.pellucid.explain.segmentation.Superpixels;

/**
 * The changed images of LIME: the image itself with some superpixels painted in their own mean
 * colour.
 */
final class MaskedImages {
  private final float[] image;
  private final float[] painted;
  private final int[] columns;
  private final int channels;

  /**
   * Computes the mean colours.
   *
   * @param image samples {@code [channels, height, width]}
   * @param columns the column of the samples that hides each pixel
   */
  MaskedImages(float[] image, Superpixels superpixels, int[] columns) {
    this.image = image;
    this.columns = columns;
    this.painted = new float[image.length];
    var pixels = columns.length;
    this.channels = image.length / pixels;
    var first = superpixels.firstLabel();
    var sums = new double[channels][superpixels.count()];
    var sizes = new int[superpixels.count()];
    for (var pixel = 0; pixel < pixels; pixel++) {
      var piece = superpixels.label(pixel) - first;
      sizes[piece]++;
      for (var channel = 0; channel < channels; channel++) {
        sums[channel][piece] += image[channel * pixels + pixel];
      }
    }
    for (var pixel = 0; pixel < pixels; pixel++) {
      var piece = superpixels.label(pixel) - first;
      for (var channel = 0; channel < channels; channel++) {
        painted[channel * pixels + pixel] = (float) (sums[channel][piece] / sizes[piece]);
      }
    }
  }

  /**
   * Writes one changed image.
   *
   * @param shown which columns are shown; columns beyond its end always are
   * @param target where {@code [channels, height, width]} samples are written from {@code offset}
   */
  void write(boolean[] shown, float[] target, int offset) {
    var pixels = columns.length;
    for (var pixel = 0; pixel < pixels; pixel++) {
      var source = columns[pixel] >= shown.length || shown[columns[pixel]] ? image : painted;
      for (var channel = 0; channel < channels; channel++) {
        target[offset + channel * pixels + pixel] = source[channel * pixels + pixel];
      }
    }
  }
}
