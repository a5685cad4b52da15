package org.pellucid.models.vision;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.IOException;
import javax.imageio.ImageReader;
import org.w3c.dom.Element;

/**
 * Decodes JPEG files to the pixels that Pillow gives.
 *
 * <p>Grey and colour images come from the JDK's decoder, whose samples are taken before any colour
 * management. Four-channel images are read raw and converted here, because the JDK has no RGB for
 * them.
 */
final class JpegDecoder {
  private static final String NATIVE_METADATA = "javax_imageio_jpeg_image_1.0";
  private static final int CMYK_CHANNELS = 4;
  private static final int YCCK = 2;

  private JpegDecoder() {}

  static Image decode(ImageSource source) {
    return ImageIoDecoder.with(source, ImageFormat.JPEG, JpegDecoder::decode);
  }

  private static Image decode(ImageReader reader) throws IOException {
    if (reader.getImageTypes(0).hasNext()) {
      BufferedImage image = reader.read(0);
      return Pixels.of(image);
    }
    Raster raster = reader.readRaster(0, null);
    if (raster.getNumBands() != CMYK_CHANNELS) {
      throw new IOException(
          "a JPEG with %d channels, not 1, 3 or 4".formatted(raster.getNumBands()));
    }
    return fromCmyk(raster, adobeTransform(reader));
  }

  /**
   * Converts as Pillow does: Adobe's files store each ink inverted, its YCCK the inverted inks as
   * YCbCr (JFIF 1.02 formula); then red = (255 − cyan) · (255 − black) / 255.
   */
  private static Image fromCmyk(Raster raster, int adobeTransform) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    var samples = new byte[Math.multiplyExact(width * height, Image.CHANNELS)];
    var row = new int[width * CMYK_CHANNELS];
    for (int y = 0, to = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int at = 0; at < row.length; at += CMYK_CHANNELS) {
        if (adobeTransform == YCCK) {
          toInks(row, at);
        } else if (adobeTransform >= 0) {
          invert(row, at);
        }
        int light = adobeTransform >= 0 ? row[at + 3] : 255 - row[at + 3];
        for (int ink = 0; ink < Image.CHANNELS; ink++) {
          samples[to++] = (byte) Math.max(light - scaled(row[at + ink], light), 0);
        }
      }
    }
    return Image.owning(width, height, samples);
  }

  private static void invert(int[] row, int at) {
    for (int ink = 0; ink < Image.CHANNELS; ink++) {
      row[at + ink] = 255 - row[at + ink];
    }
  }

  private static void toInks(int[] row, int at) {
    double luma = row[at];
    double blueness = row[at + 1] - 128.0;
    double redness = row[at + 2] - 128.0;
    row[at] = toByte(luma + 1.402 * redness);
    row[at + 1] = toByte(luma - 0.344136 * blueness - 0.714136 * redness);
    row[at + 2] = toByte(luma + 1.772 * blueness);
  }

  private static int toByte(double value) {
    return Math.clamp(Math.round(value), 0, 255);
  }

  /** {@code a · b / 255}, rounded to the nearest, for samples. */
  private static int scaled(int a, int b) {
    int product = a * b + 128;
    return (product >> 8) + product >> 8;
  }

  /** The colour transform of the Adobe marker (0 none, 2 YCCK), or -1 without such a marker. */
  private static int adobeTransform(ImageReader reader) throws IOException {
    var tree = (Element) reader.getImageMetadata(0).getAsTree(NATIVE_METADATA);
    var markers = tree.getElementsByTagName("app14Adobe");
    return markers.getLength() == 0
        ? -1
        : Integer.parseInt(((Element) markers.item(0)).getAttribute("transform"));
  }
}
