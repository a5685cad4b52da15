package org.pellucid.explain.view;

import java.awt.image.BufferedImage;

/** Explanations and images as images. */
public final class Images {
  private Images() {}

  /**
   * An image {@code [3, height, width]} as it is; values outside of 0..1 are cut off, and a pixel
   * with a channel that is not a number is magenta.
   *
   * @param scale pixels of the image for each pixel of the image, in both directions
   * @throws IllegalArgumentException if the sizes aren't positive or don't fit the values
   */
  public static BufferedImage image(float[] values, int height, int width, int scale) {
    return colours(values, height, width, scale, new Normalisation(0, 1));
  }

  /**
   * A tensor {@code [3, height, width]} as colours, stretched over its own range.
   *
   * @throws IllegalArgumentException as {@link #image}
   */
  public static BufferedImage stretched(float[] values, int height, int width, int scale) {
    return colours(values, height, width, scale, Normalisation.minMax(values));
  }

  /** One or three channels as colours, over a range. */
  static BufferedImage colours(
      float[] values, int height, int width, int scale, Normalisation range) {
    var plane = height * width;
    var step = values.length == plane ? 0 : plane;
    checkSizes(values, step == 0 ? 1 : 3, height, width, scale);
    var image = new BufferedImage(width * scale, height * scale, BufferedImage.TYPE_INT_RGB);
    for (var y = 0; y < height * scale; y++) {
      for (var x = 0; x < width * scale; x++) {
        var at = y / scale * width + x / scale;
        image.setRGB(
            x,
            y,
            mixed(
                range.apply(values[at]),
                range.apply(values[step + at]),
                range.apply(values[2 * step + at])));
      }
    }
    return image;
  }

  private static int mixed(double red, double green, double blue) {
    return Double.isNaN(red + green + blue)
        ? ColourMap.NOT_A_NUMBER
        : level(red) << 16 | level(green) << 8 | level(blue);
  }

  private static int level(double value) {
    return (int) Math.round(Math.clamp(value, 0, 1) * 255);
  }

  private static void checkSizes(float[] values, int channels, int height, int width, int scale) {
    if (height < 1 || width < 1 || scale < 1) {
      throw new IllegalArgumentException(
          "Height %d, width %d and scale %d must be positive.".formatted(height, width, scale));
    }
    if (values.length != (long) channels * height * width) {
      throw new IllegalArgumentException(
          "%d values don't fill %d channels of %d × %d pixels."
              .formatted(values.length, channels, height, width));
    }
  }

  /**
   * A map {@code [height, width]} in the colours of a colour map; what is not a number is magenta.
   *
   * @param scale pixels of the image for each number of the map, in both directions
   * @throws IllegalArgumentException if the sizes aren't positive or don't fit the values
   */
  public static BufferedImage map(
      float[] values, int height, int width, int scale, Normalisation range, ColourMap colours) {
    checkSizes(values, 1, height, width, scale);
    var image = new BufferedImage(width * scale, height * scale, BufferedImage.TYPE_INT_RGB);
    for (var y = 0; y < height * scale; y++) {
      for (var x = 0; x < width * scale; x++) {
        image.setRGB(x, y, colours.rgb(range.apply(values[y / scale * width + x / scale])));
      }
    }
    return image;
  }
}
