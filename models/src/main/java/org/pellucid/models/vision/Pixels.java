package org.pellucid.models.vision;

import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Turns Java images into images by their stored samples.
 *
 * <p>{@link BufferedImage#getRGB} would run grey and profiled samples through colour management and
 * change them, so it serves only images that are packed RGB already.
 */
final class Pixels {
  private Pixels() {}

  static Image of(BufferedImage image) {
    return switch (image.getColorModel()) {
      case IndexColorModel palette -> fromPalette(image.getRaster(), palette);
      case ComponentColorModel model
          when isWhole(image.getRaster().getDataBuffer().getDataType())
              && !model.isAlphaPremultiplied() ->
          fromComponents(image.getRaster());
      default -> fromPacked(image);
    };
  }

  private static boolean isWhole(int dataType) {
    return dataType == DataBuffer.TYPE_BYTE || dataType == DataBuffer.TYPE_USHORT;
  }

  private static Image fromPalette(Raster raster, IndexColorModel palette) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    var colors = new int[palette.getMapSize()];
    palette.getRGBs(colors);
    var samples = new byte[Math.multiplyExact(width * height, Image.CHANNELS)];
    var row = new int[width];
    for (int y = 0; y < height; y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
      for (int x = 0; x < width; x++) {
        putOverWhite(samples, y * width + x, row[x] < colors.length ? colors[row[x]] : 0xff000000);
      }
    }
    return Image.owning(width, height, samples);
  }

  private static Image fromPacked(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    var samples = new byte[Math.multiplyExact(width * height, Image.CHANNELS)];
    var row = new int[width];
    for (int y = 0; y < height; y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        putOverWhite(samples, y * width + x, row[x]);
      }
    }
    return Image.owning(width, height, samples);
  }

  /** Interleaved or planar grey, grey and alpha, RGB, or RGBA, of which the high byte is kept. */
  private static Image fromComponents(Raster raster) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int bands = raster.getNumBands();
    int shift = raster.getSampleModel().getSampleSize(0) > Byte.SIZE ? Byte.SIZE : 0;
    var samples = new byte[Math.multiplyExact(width * height, Image.CHANNELS)];
    var row = new int[width * bands];
    for (int y = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++) {
        int at = x * bands;
        int red = row[at] >> shift;
        int green = bands < Image.CHANNELS ? red : row[at + 1] >> shift;
        int blue = bands < Image.CHANNELS ? red : row[at + 2] >> shift;
        int alpha = bands % 2 == 0 ? row[at + bands - 1] >> shift : 0xff;
        putOverWhite(samples, y * width + x, alpha << 24 | red << 16 | green << 8 | blue);
      }
    }
    return Image.owning(width, height, samples);
  }

  private static void putOverWhite(byte[] samples, int pixel, int argb) {
    int alpha = argb >>> 24;
    int at = pixel * Image.CHANNELS;
    samples[at] = overWhite(argb >> 16 & 0xff, alpha);
    samples[at + 1] = overWhite(argb >> 8 & 0xff, alpha);
    samples[at + 2] = overWhite(argb & 0xff, alpha);
  }

  private static byte overWhite(int sample, int alpha) {
    int mixed = alpha == 0xff ? sample : (sample * alpha + 255 * (255 - alpha) + 127) / 255;
    return (byte) mixed;
  }
}
