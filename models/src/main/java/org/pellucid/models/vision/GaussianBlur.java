package org.pellucid.models.vision;

import static org.pellucid.engine.tensor.Shapes.check;

/**
 * A Gaussian blur, cut off at four standard deviations as SciPy's {@code gaussian_filter} is.
 *
 * @param sigma the standard deviation in pixels, from 0 on; 0 changes nothing
 * @param border what stands beyond the image's edge
 */
public record GaussianBlur(double sigma, Border border) {
  private static final double CUT_OFF = 4;

  /** What stands beyond an image's edge. */
  public enum Border {
    /** Zeros. */
    BLACK,
    /** The image mirrored at its edge, the outermost pixel twice. */
    MIRRORED,
    /** The outermost pixel, again and again. */
    REPEATED
  }

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if sigma is negative or not finite
   */
  public GaussianBlur {
    check(
        sigma >= 0 && Double.isFinite(sigma),
        "A blur's width is %s pixels, but must be a number from 0 on",
        sigma);
  }

  /**
   * The blurred image.
   *
   * @param image any number of planes {@code [height, width]}
   */
  public double[] of(double[] image, int height, int width) {
    if (sigma == 0) {
      return image.clone();
    }
    var kernel = kernel();
    var plane = height * width;
    var result = new double[image.length];
    for (var start = 0; start < image.length; start += plane) {
      var rows = new double[plane];
      lines(image, start, rows, 0, kernel, new Lines(height, width, width, 1));
      lines(rows, 0, result, start, kernel, new Lines(width, 1, height, width));
    }
    return result;
  }

  private double[] kernel() {
    var radius = (int) (CUT_OFF * sigma + 0.5);
    var kernel = new double[2 * radius + 1];
    var sum = 0.0;
    for (var i = 0; i < kernel.length; i++) {
      double distance = i - radius;
      kernel[i] = StrictMath.exp(-0.5 * distance * distance / (sigma * sigma));
      sum += kernel[i];
    }
    for (var i = 0; i < kernel.length; i++) {
      kernel[i] /= sum;
    }
    return kernel;
  }

  /** Line i of a plane starts at i · step; its samples are sampleStep apart. */
  private record Lines(int count, int step, int length, int sampleStep) {}

  private void lines(
      double[] source, int from, double[] target, int to, double[] kernel, Lines lines) {
    var radius = kernel.length / 2;
    for (var line = 0; line < lines.count(); line++) {
      var start = line * lines.step();
      for (var i = 0; i < lines.length(); i++) {
        var first = border == Border.BLACK ? Math.max(0, radius - i) : 0;
        var end =
            border == Border.BLACK
                ? Math.min(kernel.length, lines.length() + radius - i)
                : kernel.length;
        var sum = 0.0;
        for (var j = first; j < end; j++) {
          var at = position(i + j - radius, lines.length());
          sum += kernel[j] * source[from + start + at * lines.sampleStep()];
        }
        target[to + start + i * lines.sampleStep()] = sum;
      }
    }
  }

  private int position(int index, int length) {
    return switch (border) {
      case BLACK -> index;
      case REPEATED -> Math.clamp(index, 0, length - 1);
      case MIRRORED -> {
        var folded = Math.floorMod(index, 2 * length);
        yield folded < length ? folded : 2 * length - 1 - folded;
      }
    };
  }
}
