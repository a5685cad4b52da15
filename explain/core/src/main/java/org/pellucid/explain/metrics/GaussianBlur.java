package org.pellucid.explain.metrics;

import org.pellucid.explain.evaluation.Values;

/** A Gaussian blur that reaches four sigmas and repeats the outermost pixels beyond the edges. */
final class GaussianBlur {
  private GaussianBlur() {}

  /** An input's channels blurred, each on its own; a sigma of 0 stands for the standard one. */
  static float[] of(Values input, double sigma) {
    var width = input.size(-1);
    var height = input.rank() == 1 ? 1 : input.size(-2);
    var used = sigma == 0 ? Math.max(1, Math.min(width, height) / 16.0) : sigma;
    var kernel = kernel(used);
    var values = new double[input.length()];
    for (var i = 0; i < values.length; i++) {
      values[i] = input.get(i);
    }
    var planes = values.length / (width * height);
    var rows = lines(values, kernel, planes * height, width, 1, width);
    var blurred = new float[values.length];
    for (var plane = 0; plane < planes; plane++) {
      var part = new double[width * height];
      System.arraycopy(rows, plane * part.length, part, 0, part.length);
      var columns = lines(part, kernel, width, height, width, 1);
      for (var i = 0; i < part.length; i++) {
        blurred[plane * part.length + i] = (float) columns[i];
      }
    }
    return blurred;
  }

  private static double[] kernel(double sigma) {
    var reach = (int) Math.ceil(4 * sigma);
    var kernel = new double[reach + 1];
    var sum = 0.0;
    for (var i = 0; i <= reach; i++) {
      kernel[i] = Math.exp(-0.5 * i * i / (sigma * sigma));
      sum += i == 0 ? kernel[i] : 2 * kernel[i];
    }
    for (var i = 0; i <= reach; i++) {
      kernel[i] /= sum;
    }
    return kernel;
  }

  /** Blurs along lines: line i starts at i * lineStep, its samples are sampleStep apart. */
  private static double[] lines(
      double[] values, double[] kernel, int lines, int samples, int sampleStep, int lineStep) {
    var result = new double[values.length];
    for (var line = 0; line < lines; line++) {
      var start = line * lineStep;
      for (var i = 0; i < samples; i++) {
        var sum = kernel[0] * values[start + i * sampleStep];
        for (var k = 1; k < kernel.length; k++) {
          var before = Math.max(0, i - k);
          var after = Math.min(samples - 1, i + k);
          sum +=
              kernel[k]
                  * (values[start + before * sampleStep] + values[start + after * sampleStep]);
        }
        result[start + i * sampleStep] = sum;
      }
    }
    return result;
  }
}
