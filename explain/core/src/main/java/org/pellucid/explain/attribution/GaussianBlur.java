package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

/**
 * A Gaussian filter of each channel of an image, cut off at four standard deviations, as SciPy's
 * {@code gaussian_filter} is.
 *
 * @param sigma the standard deviation in pixels, from 0 on; 0 changes nothing
 * @param border what stands beyond the image's edge
 */
record GaussianBlur(double sigma, Border border) {
  private static final double CUT_OFF = 4;

  /** What stands beyond an image's edge. */
  enum Border {
    /** Zeros. */
    BLACK,
    /** The image mirrored at its edge. */
    MIRRORED
  }

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if sigma is negative or not finite
   */
  GaussianBlur {
    check(
        sigma >= 0 && Double.isFinite(sigma),
        "A blur's width is %s pixels, but must be a number from 0 on",
        sigma);
  }

  /**
   * The blurred image.
   *
   * @param image {@code [channels, height, width]} in C order
   */
  double[] of(double[] image, int height, int width) {
    if (sigma == 0) {
      return image.clone();
    }
    var weights = weights();
    var rows = along(image, width, 1, width, weights);
    return along(rows, height, width, height * width, weights);
  }

  /** The weights at distances from 0 on; both sides sum to 1. */
  private double[] weights() {
    var weights = new double[(int) (CUT_OFF * sigma + 0.5) + 1];
    var sum = 0.0;
    for (var k = 0; k < weights.length; k++) {
      weights[k] = Math.exp(-0.5 * (k / sigma) * (k / sigma));
      sum += k == 0 ? weights[k] : 2 * weights[k];
    }
    for (var k = 0; k < weights.length; k++) {
      weights[k] /= sum;
    }
    return weights;
  }

  /**
   * Filters lines of values.
   *
   * @param length of a line
   * @param stride from a value of a line to the next
   * @param block the size of what holds {@code stride} lines side by side
   */
  private double[] along(double[] values, int length, int stride, int block, double[] weights) {
    var result = new double[values.length];
    var line = new double[length];
    for (var first = 0; first < values.length; first += block) {
      for (var start = first; start < first + stride; start++) {
        for (var i = 0; i < length; i++) {
          line[i] = values[start + i * stride];
        }
        for (var i = 0; i < length; i++) {
          result[start + i * stride] = filtered(line, i, weights);
        }
      }
    }
    return result;
  }

  private double filtered(double[] line, int at, double[] weights) {
    var sum = weights[0] * line[at];
    if (border == Border.BLACK) {
      var reach = Math.min(weights.length - 1, Math.max(at, line.length - 1 - at));
      for (var k = 1; k <= reach; k++) {
        var before = at - k < 0 ? 0 : line[at - k];
        var after = at + k >= line.length ? 0 : line[at + k];
        sum += weights[k] * (before + after);
      }
      return sum;
    }
    for (var k = 1; k < weights.length; k++) {
      sum +=
          weights[k] * (line[mirrored(at - k, line.length)] + line[mirrored(at + k, line.length)]);
    }
    return sum;
  }

  private static int mirrored(int position, int length) {
    var within = Math.floorMod(position, 2 * length);
    return within < length ? within : 2 * length - 1 - within;
  }
}
