package org.pellucid.models.vision;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;

/**
 * An 8-bit RGB image in memory: {@code width} times {@code height} pixels, stored interleaved as
 * {@code [height, width, 3]} unsigned bytes.
 *
 * <p>Images are immutable. Sample values are what the file stores: an embedded colour profile or
 * gamma value is noted by {@link ImageHeader} and not applied, as in Pillow and torchvision, whose
 * pixels the networks were trained on.
 */
public final class Image {
  /** Samples a pixel: red, green, blue. */
  public static final int CHANNELS = 3;

  private final int width;
  private final int height;
  private final byte[] samples;

  private Image(int width, int height, byte[] samples) {
    this.width = width;
    this.height = height;
    this.samples = samples;
  }

  /**
   * An image of a copy of the given samples.
   *
   * @param width pixels in a row, at least 1
   * @param height rows, at least 1
   * @param samples unsigned bytes {@code [height, width, 3]}
   * @throws IllegalArgumentException if a side is below 1 or the array has another length
   */
  public static Image of(int width, int height, byte[] samples) {
    checkLength(width, height, samples.length);
    return new Image(width, height, samples.clone());
  }

  /** An image that takes the array over; the caller must not write to it again. */
  static Image owning(int width, int height, byte[] samples) {
    checkLength(width, height, samples.length);
    return new Image(width, height, samples);
  }

  /**
   * Reads a JPEG, PNG, GIF, BMP, TIFF, PNM or WebP file, recognised by its content; of several
   * frames or pages the first.
   *
   * <p>The image comes upright: an EXIF orientation is applied, because a person who looks at an
   * explanation expects to see the photograph as every viewer shows it; {@link #readStored} leaves
   * it as Pillow's {@code Image.open} does. Transparent pixels are laid over white, 16-bit samples
   * keep their high byte, grey becomes three equal channels, CMYK becomes RGB by Pillow's formula.
   * Pixels of a JPEG file equal Pillow's.
   *
   * @param file the image file
   * @throws ImageException if the file is missing, a directory, empty, not such an image, truncated
   *     or damaged, or has more than {@value ImageHeader#MAXIMUM_PIXELS} pixels
   */
  public static Image read(Path file) {
    return ImageDecoder.read(ImageSource.of(file));
  }

  /**
   * Reads an image file as {@link #read} does, but not turned upright.
   *
   * @throws ImageException as {@link #read} does
   */
  public static Image readStored(Path file) {
    var source = ImageSource.of(file);
    return ImageDecoder.read(source, ImageDecoder.inspect(source), false);
  }

  /**
   * Decodes the bytes of an image file as {@link #read} does.
   *
   * @param name what messages call the image
   * @param content the whole file
   * @throws ImageException as {@link #read} does
   */
  public static Image decode(String name, byte[] content) {
    return ImageDecoder.read(ImageSource.of(name, content));
  }

  /**
   * An image from floats, the opposite of {@link #toFloats}: values are multiplied by 255, rounded
   * half up, and limited to 0..255.
   *
   * @param width pixels in a row
   * @param height rows
   * @param values {@code [3, height, width]}, nominally 0..1
   * @throws IllegalArgumentException if the array has another length or holds a NaN
   */
  public static Image fromFloats(int width, int height, float[] values) {
    checkLength(width, height, values.length);
    int plane = width * height;
    var samples = new byte[values.length];
    for (int channel = 0; channel < CHANNELS; channel++) {
      for (int pixel = 0; pixel < plane; pixel++) {
        float value = values[channel * plane + pixel];
        if (Float.isNaN(value)) {
          throw new IllegalArgumentException(
              "value %d of channel %d is not a number".formatted(pixel, channel));
        }
        samples[pixel * CHANNELS + channel] =
            (byte) Math.clamp((int) (value * 255f + 0.5f), 0, 255);
      }
    }
    return new Image(width, height, samples);
  }

  /**
   * An image from a Java image; transparent pixels are laid over white.
   *
   * @param image any image with 8- or 16-bit samples or a palette
   */
  public static Image fromImage(BufferedImage image) {
    return Pixels.of(image);
  }

  /**
   * The number of pixels in a row.
   *
   * @return at least 1
   */
  public int width() {
    return width;
  }

  /**
   * The number of rows.
   *
   * @return at least 1
   */
  public int height() {
    return height;
  }

  /**
   * One sample.
   *
   * @param x column from the left, from 0
   * @param y row from the top, from 0
   * @param channel 0 red, 1 green, 2 blue
   * @return 0..255
   * @throws IndexOutOfBoundsException if the position is outside of the image
   */
  public int sample(int x, int y, int channel) {
    Objects.checkIndex(x, width);
    Objects.checkIndex(y, height);
    Objects.checkIndex(channel, CHANNELS);
    return samples[(y * width + x) * CHANNELS + channel] & 0xff;
  }

  /**
   * All samples.
   *
   * @return a fresh array of unsigned bytes {@code [height, width, 3]}
   */
  public byte[] toBytes() {
    return samples.clone();
  }

  /** The samples themselves, not to be written to. */
  byte[] samples() {
    return samples;
  }

  /**
   * The image as a network takes it: channels first, each sample divided by 255 in float32.
   *
   * @return a fresh array {@code [3, height, width]} with values in 0..1
   */
  public float[] toFloats() {
    int plane = width * height;
    var values = new float[samples.length];
    for (int pixel = 0, at = 0; pixel < plane; pixel++, at += CHANNELS) {
      values[pixel] = (samples[at] & 0xff) / 255f;
      values[plane + pixel] = (samples[at + 1] & 0xff) / 255f;
      values[2 * plane + pixel] = (samples[at + 2] & 0xff) / 255f;
    }
    return values;
  }

  /**
   * The image in grey by Pillow's luma, {@code (19595 red + 38470 green + 7471 blue + 32768) /
   * 65536} (ITU-R BT.601): three equal channels.
   */
  public Image grey() {
    var grey = new byte[samples.length];
    for (var at = 0; at < samples.length; at += CHANNELS) {
      var red = samples[at] & 0xff;
      var green = samples[at + 1] & 0xff;
      var blue = samples[at + 2] & 0xff;
      var luma = (byte) (red * 19595 + green * 38470 + blue * 7471 + 0x8000 >> 16);
      Arrays.fill(grey, at, at + CHANNELS, luma);
    }
    return new Image(width, height, grey);
  }

  /**
   * The image as a Java image, for drawing and for writing.
   *
   * @return a fresh image of type {@link BufferedImage#TYPE_INT_RGB}
   */
  public BufferedImage toImage() {
    var image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    var row = new int[width];
    for (int y = 0, at = 0; y < height; y++) {
      for (int x = 0; x < width; x++, at += CHANNELS) {
        row[x] =
            (samples[at] & 0xff) << 16 | (samples[at + 1] & 0xff) << 8 | (samples[at + 2] & 0xff);
      }
      image.getRaster().setDataElements(0, y, width, 1, row);
    }
    return image;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Image image
        && image.width == width
        && image.height == height
        && Arrays.equals(image.samples, samples);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(samples);
  }

  @Override
  public String toString() {
    return "Image[%d x %d]".formatted(width, height);
  }

  private static void checkLength(int width, int height, int length) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "an image needs at least one pixel, not %d x %d".formatted(width, height));
    }
    if ((long) width * height * CHANNELS != length) {
      throw new IllegalArgumentException(
          "a %d x %d image has %d samples, not %d"
              .formatted(width, height, (long) width * height * CHANNELS, length));
    }
  }
}
