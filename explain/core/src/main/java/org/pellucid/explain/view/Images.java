package org.pellucid.explain.view;

import java.awt.image.BufferedImage;
import java.util.function.IntUnaryOperator;

/** Draws explanations, images and maps. */
public final class Images {
  private Images() {}

  /**
   * Draws an image {@code [channels, height, width]}: three channels as red, green and blue, one as
   * grey, both as they are with values outside of 0..1 cut off; any other number of channels as a
   * map of their mean, stretched over its own range. A pixel with a channel that is NaN is magenta.
   *
   * @param scale pixels drawn for each pixel of the image, in both directions
   * @throws IllegalArgumentException if the sizes aren't positive, are too large for one image or
   *     don't fit the values
   */
  public static BufferedImage image(float[] values, int height, int width, int scale) {
    return drawn(values, height, width, scale, new Normalisation(0, 1));
  }

  /**
   * Draws a tensor {@code [channels, height, width]} as {@link #image} does, but stretched over its
   * own range whatever its channels.
   *
   * @throws IllegalArgumentException as {@link #image}
   */
  public static BufferedImage stretched(float[] values, int height, int width, int scale) {
    return drawn(values, height, width, scale, Normalisation.minMax(values));
  }

  /** Draws one or three channels in their colours, any other number by their mean. */
  static BufferedImage drawn(
      float[] values, int height, int width, int scale, Normalisation range) {
    var channels = channels(values, height, width, scale);
    return switch (channels) {
      case 1 -> map(values, height, width, scale, range, ColourMap.GREY);
      case 3 -> colours(values, height, width, scale, range);
      default -> {
        var mean = mean(values, channels);
        yield map(mean, height, width, scale, Normalisation.minMax(mean), ColourMap.VIRIDIS);
      }
    };
  }

  private static BufferedImage colours(
      float[] values, int height, int width, int scale, Normalisation range) {
    var plane = height * width;
    return filled(
        height,
        width,
        scale,
        pixel ->
            mixed(
                range.apply(values[pixel]),
                range.apply(values[plane + pixel]),
                range.apply(values[2 * plane + pixel])));
  }

  /** An image whose pixel at {@code y · width + x} has a colour {@code 0xrrggbb}. */
  private static BufferedImage filled(int height, int width, int scale, IntUnaryOperator colour) {
    var image = new BufferedImage(width * scale, height * scale, BufferedImage.TYPE_INT_RGB);
    for (var y = 0; y < height * scale; y++) {
      for (var x = 0; x < width * scale; x++) {
        image.setRGB(x, y, colour.applyAsInt(y / scale * width + x / scale));
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

  private static float[] mean(float[] values, int channels) {
    var plane = values.length / channels;
    var mean = new float[plane];
    for (var i = 0; i < values.length; i++) {
      mean[i % plane] += values[i] / channels;
    }
    return mean;
  }

  /** The number of channels, after a check of all sizes. */
  private static int channels(float[] values, int height, int width, int scale) {
    check(
        height > 0 && width > 0 && scale > 0,
        "Height %d, width %d and scale %d must be positive.",
        height,
        width,
        scale);
    check(
        (long) height * scale * width * scale <= Integer.MAX_VALUE,
        "An image of %d × %d pixels at scale %d is too large to draw; choose a smaller scale.",
        height,
        width,
        scale);
    var plane = height * width;
    check(
        values.length > 0 && values.length % plane == 0,
        "%d values don't fill channels of %d × %d pixels.",
        values.length,
        height,
        width);
    return values.length / plane;
  }

  private static void check(boolean condition, String message, Object... arguments) {
    if (!condition) {
      throw new IllegalArgumentException(message.formatted(arguments));
    }
  }

  /**
   * Draws a map {@code [height, width]} in the colours of a colour map; NaN is magenta.
   *
   * @param scale pixels drawn for each number of the map, in both directions
   * @throws IllegalArgumentException as {@link #image}, or if there is more than one channel
   */
  public static BufferedImage map(
      float[] values, int height, int width, int scale, Normalisation range, ColourMap colours) {
    var channels = channels(values, height, width, scale);
    check(
        channels == 1, "A map has one channel, not %d of %d × %d pixels.", channels, height, width);
    return filled(height, width, scale, pixel -> colours.rgb(range.apply(values[pixel])));
  }
}
