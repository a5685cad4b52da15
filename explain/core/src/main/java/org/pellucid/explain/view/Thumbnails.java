package org.pellucid.explain.view;

import java.awt.Color;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pellucid.models.vision.PngWriter;

/**
 * Small copies of drawings side by side in one image, so that a page with thousands of them loads
 * one file for each row.
 */
public final class Thumbnails {
  /** The side of the square that holds a copy. */
  public static final int SIDE = 144;

  private Thumbnails() {}

  /**
   * Writes a PNG of squares, one for each drawing; a square without a drawing is white.
   *
   * @throws org.pellucid.models.vision.ImageException if it can't be written
   */
  public static void write(List<Optional<Drawing>> drawings, Path file) {
    var row = new BufferedImage(SIDE * drawings.size(), SIDE, BufferedImage.TYPE_INT_RGB);
    var graphics = row.createGraphics();
    graphics.setColor(new Color(ColourMap.BLANK));
    graphics.fillRect(0, 0, row.getWidth(), SIDE);
    for (var i = 0; i < drawings.size(); i++) {
      var place = i * SIDE;
      drawings
          .get(i)
          .ifPresent(
              drawing -> {
                var small = fitted(drawing.pixels(), SIDE);
                graphics.drawImage(
                    small,
                    place + (SIDE - small.getWidth()) / 2,
                    (SIDE - small.getHeight()) / 2,
                    null);
              });
    }
    graphics.dispose();
    PngWriter.writePng(row, file);
  }

  /** An image brought to the largest size of its proportions that fits into a square. */
  static BufferedImage fitted(BufferedImage image, int side) {
    var factor = (double) side / Math.max(image.getWidth(), image.getHeight());
    var width = Math.max(1, (int) Math.round(image.getWidth() * factor));
    var height = Math.max(1, (int) Math.round(image.getHeight() * factor));
    var source = image;
    // Halving first takes every pixel into account; bilinear interpolation looks at four only.
    while (source.getWidth() >= 2 * width && source.getHeight() >= 2 * height) {
      source = resized(source, (source.getWidth() + 1) / 2, (source.getHeight() + 1) / 2);
    }
    return resized(source, width, height);
  }

  private static BufferedImage resized(BufferedImage image, int width, int height) {
    var result = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    var graphics = result.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION,
        image.getWidth() < width
            ? RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR
            : RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(image, 0, 0, width, height, null);
    graphics.dispose();
    return result;
  }
}
