package org.pellucid.models.vision;

import java.util.Arrays;

/**
 * Resizes images: 8-bit images to the very bytes that Pillow's {@code Image.resize} gives, float
 * tensors by the same weights without rounding.
 */
public final class Resize {
  private static final int HALF = 1 << ResizeWeights.FRACTION_BITS - 1;

  private Resize() {}

  /**
   * Resizes an image; the aspect ratio is not kept.
   *
   * <p>As in Pillow, a horizontal pass comes first and its result is rounded to 8 bits, then a
   * vertical one; weights are fixed-point numbers with 22 fractional bits. A pass whose size does
   * not change is left out.
   *
   * @param image the image
   * @param width pixels in a row of the result, at least 1
   * @param height rows of the result, at least 1
   * @return the resized image; the same one if it has that size
   * @throws IllegalArgumentException if a side is below 1 or the result is too large for an array
   */
  public static Image bilinear(Image image, int width, int height) {
    return to(image, width, height, Interpolation.BILINEAR);
  }

  /**
   * Resizes an image as {@link #bilinear(Image, int, int)} does, by any filter.
   *
   * @throws IllegalArgumentException if a side is below 1 or the result is too large for an array
   */
  public static Image to(Image image, int width, int height, Interpolation filter) {
    checkSize(width, height);
    Image narrowed = image.width() == width ? image : horizontal(image, width, filter);
    return narrowed.height() == height ? narrowed : vertical(narrowed, height, filter);
  }

  /**
   * Resizes a float tensor of any number of planes by the weights of {@link #bilinear(Image, int,
   * int)}, computing in double and rounding once to float32.
   *
   * @param values {@code [planes, fromHeight, fromWidth]}
   * @param fromWidth values in a row
   * @param fromHeight rows of a plane
   * @param width values in a row of the result, at least 1
   * @param height rows of the result, at least 1
   * @return a fresh array {@code [planes, height, width]}
   * @throws IllegalArgumentException if a side is below 1 or the array isn't a whole number of
   *     planes
   */
  public static float[] bilinear(
      float[] values, int fromWidth, int fromHeight, int width, int height) {
    return to(values, fromWidth, fromHeight, width, height, Interpolation.BILINEAR);
  }

  /**
   * Resizes a float tensor as {@link #bilinear(float[], int, int, int, int)} does, by any filter.
   *
   * @throws IllegalArgumentException if a side is below 1 or the array isn't a whole number of
   *     planes
   */
  public static float[] to(
      float[] values, int fromWidth, int fromHeight, int width, int height, Interpolation filter) {
    checkSize(fromWidth, fromHeight);
    checkSize(width, height);
    int plane = Math.multiplyExact(fromWidth, fromHeight);
    if (values.length % plane != 0) {
      throw new IllegalArgumentException(
          "%d values are not a whole number of %d x %d planes"
              .formatted(values.length, fromWidth, fromHeight));
    }
    if (fromWidth == width && fromHeight == height) {
      return values.clone();
    }
    int planes = values.length / plane;
    var wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    double[] narrowed = resample(wide, planes * fromHeight, fromWidth, width, 1, filter);
    double[] resized = resample(narrowed, planes, fromHeight, height, width, filter);
    var result = new float[resized.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) resized[i];
    }
    return result;
  }

  // Both 8-bit passes spend their time in sums over 'taps' input pixels. The horizontal one keeps
  // the three channels of a pixel in three running sums; the vertical one adds whole weighted rows
  // to a row of sums, which the compiler turns into vector instructions. A sum fits 31 bits:
  // weights of a pixel add up to about 2^22, their absolute values to less than twice that, and
  // samples are below 2^8.

  private static Image horizontal(Image image, int width, Interpolation filter) {
    ResizeWeights weights = ResizeWeights.of(image.width(), width, filter);
    int[] fixed = weights.fixedPoint();
    byte[] source = image.samples();
    int height = image.height();
    var target = newSamples(width, height);
    for (int y = 0, to = 0; y < height; y++) {
      int row = y * image.width();
      for (int x = 0; x < width; x++, to += Image.CHANNELS) {
        int red = HALF;
        int green = HALF;
        int blue = HALF;
        int from = (row + weights.first()[x]) * Image.CHANNELS;
        int firstWeight = x * weights.taps();
        int endWeight = firstWeight + weights.count()[x];
        for (int k = firstWeight; k < endWeight; k++, from += Image.CHANNELS) {
          int weight = fixed[k];
          red += (source[from] & 0xff) * weight;
          green += (source[from + 1] & 0xff) * weight;
          blue += (source[from + 2] & 0xff) * weight;
        }
        target[to] = toSample(red);
        target[to + 1] = toSample(green);
        target[to + 2] = toSample(blue);
      }
    }
    return Image.owning(width, height, target);
  }

  private static Image vertical(Image image, int height, Interpolation filter) {
    ResizeWeights weights = ResizeWeights.of(image.height(), height, filter);
    int[] fixed = weights.fixedPoint();
    byte[] source = image.samples();
    var target = newSamples(image.width(), height);
    int rowLength = image.width() * Image.CHANNELS;
    var sums = new int[rowLength];
    for (int y = 0; y < height; y++) {
      Arrays.fill(sums, HALF);
      for (int k = 0; k < weights.count()[y]; k++) {
        int weight = fixed[y * weights.taps() + k];
        int from = (weights.first()[y] + k) * rowLength;
        for (int i = 0; i < rowLength; i++) {
          sums[i] += (source[from + i] & 0xff) * weight;
        }
      }
      for (int i = 0; i < rowLength; i++) {
        target[y * rowLength + i] = toSample(sums[i]);
      }
    }
    return Image.owning(image.width(), height, target);
  }

  /**
   * Resizes the middle axis of {@code [outer, fromSize, inner]} doubles to {@code [outer, toSize,
   * inner]}.
   */
  private static double[] resample(
      double[] values, int outer, int fromSize, int toSize, int inner, Interpolation filter) {
    if (fromSize == toSize) {
      return values;
    }
    ResizeWeights weights = ResizeWeights.of(fromSize, toSize, filter);
    var result = new double[Math.multiplyExact(Math.multiplyExact(outer, toSize), inner)];
    for (int o = 0; o < outer; o++) {
      for (int t = 0; t < toSize; t++) {
        int to = (o * toSize + t) * inner;
        for (int k = 0; k < weights.count()[t]; k++) {
          double weight = weights.weights()[t * weights.taps() + k];
          int from = (o * fromSize + weights.first()[t] + k) * inner;
          for (int i = 0; i < inner; i++) {
            result[to + i] += weight * values[from + i];
          }
        }
      }
    }
    return result;
  }

  private static byte toSample(int sum) {
    return (byte) Math.clamp(sum >> ResizeWeights.FRACTION_BITS, 0, 0xff);
  }

  private static byte[] newSamples(int width, int height) {
    long length = (long) width * height * Image.CHANNELS;
    if (length > Integer.MAX_VALUE - Long.BYTES) {
      throw new IllegalArgumentException(
          "a %d x %d image is too large for an array".formatted(width, height));
    }
    return new byte[(int) length];
  }

  private static void checkSize(int width, int height) {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "cannot resize to %d x %d pixels, at least 1 x 1 is needed".formatted(width, height));
    }
  }
}
