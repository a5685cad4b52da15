package org.pellucid.explain.segmentation;

import org.pellucid.models.vision.GaussianBlur;

/**
 * An image in CIE L*a*b* colours for illuminant D65 and the 2 degree observer: three planes {@code
 * [height, width]} of L from 0 to 100, a and b from about -100 to 100.
 *
 * <p>Powers and exponentials are {@link StrictMath}'s: a pixel on the edge of two pieces may change
 * sides with the last bit, and pieces should be the same on every machine.
 *
 * @see "IEC 61966-2-1 (sRGB) and CIE 15 (L*a*b*), with the constants of scikit-image"
 */
record LabImage(double[][] planes, int height, int width) {
  private static final double[][] RGB_TO_XYZ = {
    {0.412453, 0.357580, 0.180423}, {0.212671, 0.715160, 0.072169}, {0.019334, 0.119193, 0.950227}
  };
  private static final double[] WHITE = {0.95047, 1.0, 1.08883};
  private static final int RED_GREEN_BLUE = 3;
  private static final double LARGEST_LIGHTNESS = 100;

  /**
   * Converts sRGB or grey values, after stretching them so that the smallest sample becomes 0 and
   * the largest 1. Any other number of channels has no colour to convert.
   *
   * @param image samples {@code [channels, height, width]}
   */
  static LabImage ofStretched(float[] image, int height, int width) {
    return isColour(image, height, width)
        ? converted(stretched(image, height, width))
        : stretched(image, height, width);
  }

  /**
   * Converts sRGB or grey values as they are. Any other number of channels has no colour to
   * convert; its values are stretched to the range that L has.
   *
   * @param image samples {@code [channels, height, width]}
   */
  static LabImage of(float[] image, int height, int width) {
    if (isColour(image, height, width)) {
      return converted(samples(image, height, width));
    }
    var planes = stretched(image, height, width).planes();
    for (var plane : planes) {
      for (var pixel = 0; pixel < plane.length; pixel++) {
        plane[pixel] *= LARGEST_LIGHTNESS;
      }
    }
    return new LabImage(planes, height, width);
  }

  /** The samples as they are, unconverted. */
  static LabImage samples(float[] image, int height, int width) {
    return scaled(image, height, width, 0, 1);
  }

  private static boolean isColour(float[] image, int height, int width) {
    var channels = image.length / (height * width);
    return channels == RED_GREEN_BLUE || channels == 1;
  }

  private static LabImage stretched(float[] image, int height, int width) {
    var smallest = Double.POSITIVE_INFINITY;
    var largest = Double.NEGATIVE_INFINITY;
    for (var sample : image) {
      smallest = Math.min(smallest, sample);
      largest = Math.max(largest, sample);
    }
    return scaled(image, height, width, smallest, largest > smallest ? largest - smallest : 1);
  }

  private static LabImage scaled(
      float[] image, int height, int width, double smallest, double range) {
    var pixels = height * width;
    var planes = new double[image.length / pixels][pixels];
    for (var channel = 0; channel < planes.length; channel++) {
      for (var pixel = 0; pixel < pixels; pixel++) {
        planes[channel][pixel] = (image[channel * pixels + pixel] - smallest) / range;
      }
    }
    return new LabImage(planes, height, width);
  }

  /** Three channels are red, green and blue; one is grey. */
  private static LabImage converted(LabImage rgb) {
    var pixels = rgb.height * rgb.width;
    var planes = new double[RED_GREEN_BLUE][pixels];
    var linear = new double[RED_GREEN_BLUE];
    for (var pixel = 0; pixel < pixels; pixel++) {
      for (var channel = 0; channel < RED_GREEN_BLUE; channel++) {
        linear[channel] = linear(rgb.planes[Math.min(channel, rgb.planes.length - 1)][pixel]);
      }
      var x = lightness(linear, 0);
      var y = lightness(linear, 1);
      var z = lightness(linear, 2);
      planes[0][pixel] = 116 * y - 16;
      planes[1][pixel] = 500 * (x - y);
      planes[2][pixel] = 200 * (y - z);
    }
    return new LabImage(planes, rgb.height, rgb.width);
  }

  private static double linear(double sample) {
    return sample > 0.04045 ? StrictMath.pow((sample + 0.055) / 1.055, 2.4) : sample / 12.92;
  }

  private static double lightness(double[] linear, int axis) {
    var row = RGB_TO_XYZ[axis];
    var amount = (row[0] * linear[0] + row[1] * linear[1] + row[2] * linear[2]) / WHITE[axis];
    return amount > 0.008856 ? StrictMath.cbrt(amount) : 7.787 * amount + 16.0 / 116;
  }

  /**
   * The image under a {@link GaussianBlur}.
   *
   * @param sigma in pixels; 0 gives the image itself
   */
  LabImage blurred(double sigma) {
    if (sigma == 0) {
      return this;
    }
    var blur = new GaussianBlur(sigma, GaussianBlur.Border.MIRRORED);
    var result = new double[planes.length][];
    for (var channel = 0; channel < planes.length; channel++) {
      result[channel] = blur.of(planes[channel], height, width);
    }
    return new LabImage(result, height, width);
  }
}
