package org.pellucid.models.vision;

import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.ImageReader;

/**
 * Decodes JPEG files to the pixels that Pillow gives: the JDK's decoder, which is libjpeg's, gives
 * the stored components, and they become colours here, by libjpeg's arithmetic.
 */
final class JpegDecoder {
  private static final int HALF = 1 << 15;
  private static final int RED_OF_CR = fixed(1.40200);
  private static final int BLUE_OF_CB = fixed(1.77200);
  private static final int GREEN_OF_CR = -fixed(0.71414);
  private static final int GREEN_OF_CB = -fixed(0.34414);

  private JpegDecoder() {}

  static Image decode(ImageSource source) {
    return ImageIoDecoder.with(
        source,
        ImageFormat.JPEG,
        reader -> fromComponents(reader, JpegColours.of(source.content())));
  }

  private static Image fromComponents(ImageReader reader, JpegColours colours) throws IOException {
    Raster raster = reader.readRaster(0, null);
    int bands = raster.getNumBands();
    int width = raster.getWidth();
    int height = raster.getHeight();
    var samples = new byte[Math.multiplyExact(width * height, Image.CHANNELS)];
    var row = new int[width * bands];
    for (int y = 0, to = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int at = 0; at < row.length; at += bands, to += Image.CHANNELS) {
        putPixel(row, at, colours, samples, to);
      }
    }
    return Image.owning(width, height, samples);
  }

  private static void putPixel(int[] row, int at, JpegColours colours, byte[] samples, int to) {
    switch (colours) {
      case GREY -> put(samples, to, row[at], row[at], row[at]);
      case RGB -> put(samples, to, row[at], row[at + 1], row[at + 2]);
      case YCBCR -> {
        toRgb(row, at);
        put(samples, to, row[at], row[at + 1], row[at + 2]);
      }
      case CMYK -> putInks(samples, to, row, at);
      case YCCK -> {
        toRgb(row, at);
        for (int ink = 0; ink < Image.CHANNELS; ink++) {
          row[at + ink] = 255 - row[at + ink];
        }
        putInks(samples, to, row, at);
      }
    }
  }

  private static void put(byte[] samples, int to, int red, int green, int blue) {
    samples[to] = (byte) red;
    samples[to + 1] = (byte) green;
    samples[to + 2] = (byte) blue;
  }

  /**
   * Pillow takes inks to be stored inverted, as Adobe does, whether or not Adobe's marker is there;
   * then red = (255 − cyan) · (255 − black) / 255 in its rounding.
   */
  private static void putInks(byte[] samples, int to, int[] row, int at) {
    int light = row[at + 3];
    for (int ink = 0; ink < Image.CHANNELS; ink++) {
      samples[to + ink] = (byte) Math.max(light - scaled(255 - row[at + ink], light), 0);
    }
  }

  /** JFIF 1.02, in libjpeg's fixed-point numbers of 16 fractional bits. */
  private static void toRgb(int[] row, int at) {
    int luma = row[at];
    int cb = row[at + 1] - 128;
    int cr = row[at + 2] - 128;
    row[at] = limited(luma + (RED_OF_CR * cr + HALF >> 16));
    row[at + 1] = limited(luma + (GREEN_OF_CB * cb + GREEN_OF_CR * cr + HALF >> 16));
    row[at + 2] = limited(luma + (BLUE_OF_CB * cb + HALF >> 16));
  }

  private static int fixed(double factor) {
    return (int) (factor * (1 << 16) + 0.5);
  }

  private static int limited(int value) {
    return Math.clamp(value, 0, 255);
  }

  /** {@code a · b / 255}, rounded to the nearest, for samples. */
  private static int scaled(int a, int b) {
    int product = a * b + 128;
    return (product >> 8) + product >> 8;
  }
}
