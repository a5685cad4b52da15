package org.pellucid.explain.perturbation;

import java.util.Objects;

/** The checks of an image {@code [3, height, width]} that is handed in as plain samples. */
final class ImageChecks {
  private ImageChecks() {}

  static void check(float[] image, int height, int width) {
    Objects.requireNonNull(image, "picture");
    if (height < 1 || width < 1 || image.length != 3L * height * width) {
      throw new IllegalArgumentException(
          "An image of %d x %d pixels needs 3 x %d x %d samples, but %d are given."
              .formatted(height, width, height, width, image.length));
    }
    for (int i = 0; i < image.length; i++) {
      if (!Float.isFinite(image[i])) {
        throw new IllegalArgumentException(
            "The image's sample %d is %s; samples must be finite numbers.".formatted(i, image[i]));
      }
    }
  }
}
