package org.pellucid.explain.view;

import java.awt.image.BufferedImage;
import org.pellucid.explain.Explanation;

/** Explanations and pictures as images. */
public final class Images {
  private Images() {}

  /**
   * A picture {@code [3, height, width]} as it is; values outside of 0..1 are cut off.
   *
   * @param scale pixels of the image for each pixel of the picture, in both directions
   */
  public static BufferedImage picture(float[] values, int height, int width, int scale) {
    return colours(values, height, width, scale, new Normalisation(0, 1));
  }

  /** A tensor {@code [3, height, width]} as colours, stretched over its own range. */
  public static BufferedImage stretched(float[] values, int height, int width, int scale) {
    return colours(values, height, width, scale, Normalisation.minMax(values));
  }

  private static BufferedImage colours(
      float[] values, int height, int width, int scale, Normalisation range) {
    var plane = height * width;
    var image = new BufferedImage(width * scale, height * scale, BufferedImage.TYPE_INT_RGB);
    for (var y = 0; y < height * scale; y++) {
      for (var x = 0; x < width * scale; x++) {
        var at = y / scale * width + x / scale;
        var red = level(range.apply(values[at]));
        var green = level(range.apply(values[plane + at]));
        var blue = level(range.apply(values[2 * plane + at]));
        image.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    return image;
  }

  private static int level(double value) {
    return (int) Math.round(Math.clamp(Double.isNaN(value) ? 0 : value, 0, 1) * 255);
  }

  /** A map {@code [height, width]} in the colours of a colour map. */
  public static BufferedImage map(
      float[] values, int height, int width, int scale, Normalisation range, ColourMap colours) {
    var image = new BufferedImage(width * scale, height * scale, BufferedImage.TYPE_INT_RGB);
    for (var y = 0; y < height * scale; y++) {
      for (var x = 0; x < width * scale; x++) {
        image.setRGB(x, y, colours.rgb(range.apply(values[y / scale * width + x / scale])));
      }
    }
    return image;
  }

  /**
   * An explanation as the field shows it: a map without signs from dark to bright, one with signs
   * from blue to red, three channels by their sum if signed, else by their largest.
   */
  public static BufferedImage explanation(Explanation explanation, int scale) {
    var shape = explanation.shape();
    var height = (int) shape[shape.length - 2];
    var width = (int) shape[shape.length - 1];
    var flat = shape.length == 2 ? explanation.values() : flattened(explanation.values());
    var signed = Normalisation.minMax(flat).low() < 0;
    return signed
        ? map(flat, height, width, scale, Normalisation.symmetric(flat), ColourMap.DIVERGING)
        : map(flat, height, width, scale, Normalisation.minMax(flat), ColourMap.HOT);
  }

  private static float[] flattened(float[] values) {
    var plane = values.length / 3;
    var signed = Normalisation.minMax(values).low() < 0;
    var map = new float[plane];
    for (var i = 0; i < plane; i++) {
      var red = values[i];
      var green = values[plane + i];
      var blue = values[2 * plane + i];
      map[i] = signed ? red + green + blue : Math.max(red, Math.max(green, blue));
    }
    return map;
  }
}
