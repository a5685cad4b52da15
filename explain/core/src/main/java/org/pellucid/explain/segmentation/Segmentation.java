package org.pellucid.explain.segmentation;

/** A way to divide images into superpixels, or texts into words. */
public sealed interface Segmentation permits Slic, Quickshift, Felzenszwalb, Grid, Words {

  /**
   * Divides an image.
   *
   * @param image samples {@code [channels, height, width]}, usually 0 to 1
   * @param height rows
   * @param width pixels in a row
   * @param seed of the noise that breaks {@link Quickshift}'s ties; the others draw no numbers
   * @return the pieces, numbered without a gap
   * @throws IllegalArgumentException if the array has another length or holds a sample that is not
   *     a finite number
   */
  Superpixels segment(float[] image, int height, int width, int seed);

  /** Divides an image with the seed 0; see {@link #segment(float[], int, int, int)}. */
  default Superpixels segment(float[] image, int height, int width) {
    return segment(image, height, width, 0);
  }
}
