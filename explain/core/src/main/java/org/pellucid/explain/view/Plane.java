package org.pellucid.explain.view;

import org.pellucid.explain.evaluation.Values;

/**
 * A map of two axes, as it is drawn.
 *
 * @param numbers {@code [height, width]}
 */
record Plane(float[] numbers, int height, int width) {
  /**
   * Two axes of any values: a row of numbers gets a second one; channels are summed if any value is
   * negative, else the largest is taken.
   */
  static Plane of(Values values) {
    if (values.rank() < 2) {
      return new Plane(values.toArray(), 1, values.length());
    }
    var height = values.size(-2);
    var width = values.size(-1);
    var plane = height * width;
    var signed = values.min() < 0;
    var map = new float[plane];
    for (var i = 0; i < plane; i++) {
      map[i] = values.get(i);
      for (var at = i + plane; at < values.length(); at += plane) {
        map[i] = signed ? map[i] + values.get(at) : Math.max(map[i], values.get(at));
      }
    }
    return new Plane(map, height, width);
  }

  /** Whether any number is negative. */
  boolean isSigned() {
    for (var number : numbers) {
      if (number < 0) {
        return true;
      }
    }
    return false;
  }

  /** The number at a place of an image of another size, without interpolation. */
  float nearest(int y, int x, int ofHeight, int ofWidth) {
    var row = (int) ((2L * y + 1) * height / (2L * ofHeight));
    var column = (int) ((2L * x + 1) * width / (2L * ofWidth));
    return numbers[row * width + column];
  }

  /** This map brought to another size by bilinear interpolation between the pixels' centres. */
  Plane resized(int toHeight, int toWidth) {
    if (toHeight == height && toWidth == width) {
      return this;
    }
    var result = new float[toHeight * toWidth];
    for (var y = 0; y < toHeight; y++) {
      var fromY = Math.clamp((y + 0.5) * height / toHeight - 0.5, 0, height - 1.0);
      for (var x = 0; x < toWidth; x++) {
        var fromX = Math.clamp((x + 0.5) * width / toWidth - 0.5, 0, width - 1.0);
        result[y * toWidth + x] = (float) between(fromY, fromX);
      }
    }
    return new Plane(result, toHeight, toWidth);
  }

  private double between(double y, double x) {
    var top = (int) y;
    var left = (int) x;
    var bottom = Math.min(top + 1, height - 1);
    var right = Math.min(left + 1, width - 1);
    var upper = mixed(numbers[top * width + left], numbers[top * width + right], x - left);
    var lower = mixed(numbers[bottom * width + left], numbers[bottom * width + right], x - left);
    return mixed(upper, lower, y - top);
  }

  private static double mixed(double from, double to, double share) {
    return from + share * (to - from);
  }

  /** This map blurred by a Gaussian; its borders are repeated outwards. */
  Plane smoothed(double sigma) {
    var radius = (int) Math.ceil(3 * sigma);
    var kernel = new double[2 * radius + 1];
    var sum = 0.0;
    for (var i = -radius; i <= radius; i++) {
      kernel[i + radius] = Math.exp(-0.5 * i * i / (sigma * sigma));
      sum += kernel[i + radius];
    }
    for (var i = 0; i < kernel.length; i++) {
      kernel[i] /= sum;
    }
    var across = new float[numbers.length];
    for (var y = 0; y < height; y++) {
      for (var x = 0; x < width; x++) {
        var total = 0.0;
        for (var i = -radius; i <= radius; i++) {
          total += kernel[i + radius] * numbers[y * width + Math.clamp(x + i, 0, width - 1)];
        }
        across[y * width + x] = (float) total;
      }
    }
    var down = new float[numbers.length];
    for (var y = 0; y < height; y++) {
      for (var x = 0; x < width; x++) {
        var total = 0.0;
        for (var i = -radius; i <= radius; i++) {
          total += kernel[i + radius] * across[Math.clamp(y + i, 0, height - 1) * width + x];
        }
        down[y * width + x] = (float) total;
      }
    }
    return new Plane(down, height, width);
  }
}
