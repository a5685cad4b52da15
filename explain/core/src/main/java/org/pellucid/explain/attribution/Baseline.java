package org.pellucid.explain.attribution;

import java.util.Arrays;
import java.util.Locale;

/** The image that an explanation measures from: one in which there is nothing to see. */
public enum Baseline {
  /** All zeros. */
  BLACK,
  /** All ones. */
  WHITE,
  /** Each channel's mean over the image. */
  MEAN;

  /** The name on the command line. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The baseline for an image.
   *
   * @param image {@code [3, height, width]}
   */
  public float[] of(float[] image) {
    var baseline = new float[image.length];
    switch (this) {
      case BLACK -> {}
      case WHITE -> Arrays.fill(baseline, 1);
      case MEAN -> {
        var plane = image.length / 3;
        for (var channel = 0; channel < 3; channel++) {
          var sum = 0.0;
          for (var i = 0; i < plane; i++) {
            sum += image[channel * plane + i];
          }
          Arrays.fill(baseline, channel * plane, (channel + 1) * plane, (float) (sum / plane));
        }
      }
    }
    return baseline;
  }
}
