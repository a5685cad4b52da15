package org.pellucid.explain.segmentation;

/**
 * A Gaussian blur that reaches four sigmas and mirrors the image at its edges, the edge pixel
 * twice.
 */
public final class GaussianBlur {
  private static final double REACH = 4;

  private final double[] kernel;

  /**
   * A blur of a width.
   *
   * @param sigma in pixels, from 0 on; 0 changes nothing
   */
  public GaussianBlur(double sigma) {
    var radius = (int) (REACH * sigma + 0.5);
    kernel = new double[2 * radius + 1];
    var sum = 0.0;
    for (var i = 0; i < kernel.length; i++) {
      double distance = i - radius;
      kernel[i] = sigma == 0 ? 1 : StrictMath.exp(-0.5 * distance * distance / (sigma * sigma));
      sum += kernel[i];
    }
    for (var i = 0; i < kernel.length; i++) {
      kernel[i] /= sum;
    }
  }

  /** Blurs a plane {@code [height, width]}. */
  public double[] apply(double[] plane, int height, int width) {
    var columns = lines(plane, width, 1, height, width);
    return lines(columns, height, width, width, 1);
  }

  /** Blurs along lines: line i starts at i * lineStep, its samples are sampleStep apart. */
  private double[] lines(double[] plane, int lines, int lineStep, int length, int sampleStep) {
    var radius = kernel.length / 2;
    var result = new double[plane.length];
    for (var line = 0; line < lines; line++) {
      for (var i = 0; i < length; i++) {
        var sum = 0.0;
        for (var j = 0; j < kernel.length; j++) {
          var source = mirrored(i + j - radius, length);
          sum += kernel[j] * plane[line * lineStep + source * sampleStep];
        }
        result[line * lineStep + i * sampleStep] = sum;
      }
    }
    return result;
  }

  private static int mirrored(int index, int length) {
    var folded = Math.floorMod(index, 2 * length);
    return folded < length ? folded : 2 * length - 1 - folded;
  }
}
