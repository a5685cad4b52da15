package org.pellucid.explain.perturbation;

import java.util.Objects;

/** The checks of a picture {@code [3, height, width]} that is handed in as plain samples. */
final class PictureChecks {
  private PictureChecks() {}

  static void check(float[] picture, int height, int width) {
    Objects.requireNonNull(picture, "picture");
    if (height < 1 || width < 1 || picture.length != 3L * height * width) {
      throw new IllegalArgumentException(
          "A picture of %d x %d pixels needs 3 x %d x %d samples, but %d are given."
              .formatted(height, width, height, width, picture.length));
    }
    for (int i = 0; i < picture.length; i++) {
      if (!Float.isFinite(picture[i])) {
        throw new IllegalArgumentException(
            "The picture's sample %d is %s; samples must be finite numbers."
                .formatted(i, picture[i]));
      }
    }
  }
}
