package org.pellucid.explain.segmentation;

import java.util.Arrays;

/**
 * A division of an image into numbered superpixels: each pixel belongs to one.
 *
 * @param labels the superpixel of each pixel {@code [height, width]}; labels run without a gap from
 *     {@link #firstLabel}
 * @param height rows of the image
 * @param width pixels in a row
 * @param count the number of superpixels
 */
public record Superpixels(int[] labels, int height, int width, int count) {
  /**
   * Checks and copies the labels.
   *
   * @throws IllegalArgumentException if the sizes disagree, a label is negative, or the labels are
   *     not {@code count} successive numbers
   */
  public Superpixels {
    if (height < 1 || width < 1 || labels.length != (long) height * width) {
      throw new IllegalArgumentException(
          "Superpixels need a label for each pixel: %d labels for an image of %d x %d."
              .formatted(labels.length, height, width));
    }
    labels = labels.clone();
    var first = Arrays.stream(labels).min().getAsInt();
    var different = Arrays.stream(labels).distinct().count();
    var span = (long) Arrays.stream(labels).max().getAsInt() - first + 1;
    if (first < 0 || different != count || span != count) {
      throw new IllegalArgumentException(
          ("Superpixels must be numbered without a gap from 0 or more: "
                  + "%d labels from %d to %d for a count of %d.")
              .formatted(different, first, first + span - 1, count));
    }
  }

  /** A copy of the labels {@code [height, width]}. */
  @Override
  public int[] labels() {
    return labels.clone();
  }

  /**
   * The label of a pixel.
   *
   * @param pixel row times width plus column
   * @throws IndexOutOfBoundsException if the image has no such pixel
   */
  public int label(int pixel) {
    return labels[pixel];
  }

  /**
   * Checks that samples are an image of this size.
   *
   * @param image {@code [channels, height, width]}
   * @throws IllegalArgumentException if they don't fill whole channels, or one is not a finite
   *     number
   */
  public void checkImage(float[] image) {
    ImageChecks.check(image, height, width);
  }

  /** The smallest label. */
  public int firstLabel() {
    return Arrays.stream(labels).min().getAsInt();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Superpixels that
        && height == that.height
        && width == that.width
        && Arrays.equals(labels, that.labels);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * height + width) + Arrays.hashCode(labels);
  }

  @Override
  public String toString() {
    return "Superpixels[" + count + " pieces of " + height + " x " + width + "]";
  }
}
