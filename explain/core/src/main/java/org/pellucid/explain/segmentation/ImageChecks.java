package org.pellucid.explain.segmentation;

/** The checks of an image {@code [channels, height, width]} that is handed in as plain samples. */
final class ImageChecks {
  private ImageChecks() {}

  static void check(float[] image, int height, int width) {
    if (height < 1
        || width < 1
        || image.length == 0
        || image.length % ((long) height * width) != 0) {
      throw new IllegalArgumentException(
          "An image of %d x %d pixels needs that many samples for each channel, but %d are given."
              .formatted(height, width, image.length));
    }
    for (var i = 0; i < image.length; i++) {
      if (!Float.isFinite(image[i])) {
        throw new IllegalArgumentException(
            "The image's sample %d is %s; samples must be finite numbers.".formatted(i, image[i]));
      }
    }
  }
}
