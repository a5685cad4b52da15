package org.pellucid.explain.metrics;

import java.util.Arrays;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.metrics.Imputation.Imputer;

/**
 * Solves for the removed pixels of each channel: every one is the weighted mean of its neighbours
 * inside the image, of which some are removed too. The system is symmetric and positive definite as
 * soon as one pixel is left, so conjugate gradients solve it; if none is left the channel's mean
 * takes their place.
 */
final class LinearImputer implements Imputer {
  private static final double DIRECT = 1.0 / 6;
  private static final double DIAGONAL = 1.0 / 12;

  /** Far below the noise and the 8 bits of an image. */
  private static final double ACCURACY = 1e-6;

  private final double[] noise;
  private final int width;
  private final int height;
  private final int plane;

  LinearImputer(Values input, double[] noise) {
    this.noise = noise;
    this.width = input.size(-1);
    this.height = input.rank() == 1 ? 1 : input.size(-2);
    this.plane = width * height;
  }

  @Override
  public void impute(boolean[] removed, float[] target, int offset) {
    for (var from = 0; from < removed.length; from += plane) {
      var filled = channel(removed, from, target, offset + from);
      for (var i = 0; i < plane; i++) {
        if (removed[from + i]) {
          target[offset + from + i] = (float) (filled[i] + noise[from + i]);
        }
      }
    }
  }

  /** The channel with what removed pixels become. */
  private double[] channel(boolean[] removed, int from, float[] target, int at) {
    var unknown = Arrays.copyOfRange(removed, from, from + plane);
    var known = new double[plane];
    var mean = 0.0;
    var left = 0;
    for (var i = 0; i < plane; i++) {
      mean += target[at + i];
      left += unknown[i] ? 0 : 1;
      known[i] = unknown[i] ? 0 : target[at + i];
    }
    if (left == 0) {
      var filled = new double[plane];
      Arrays.fill(filled, mean / plane);
      return filled;
    }
    return left == plane ? known : solution(unknown, known, Arrays.stream(known).sum() / left);
  }

  /** Conjugate gradients, begun at the mean of what is known, preconditioned by the diagonal. */
  private double[] solution(boolean[] unknown, double[] known, double mean) {
    var diagonal = neighbours(ones());
    var x = new double[plane];
    Arrays.setAll(x, i -> unknown[i] ? mean : known[i]);
    var residual = neighbours(x);
    Arrays.setAll(residual, i -> unknown[i] ? residual[i] - diagonal[i] * x[i] : 0);
    var scaled = divided(residual, diagonal);
    var direction = scaled.clone();
    var old = dot(residual, scaled);
    var enough = ACCURACY * ACCURACY * old;
    for (var step = 0; step < 10 * plane && old > enough; step++) {
      var product = masked(product(direction, diagonal), unknown);
      var length = old / dot(direction, product);
      for (var i = 0; i < plane; i++) {
        x[i] += length * direction[i];
        residual[i] -= length * product[i];
      }
      scaled = divided(residual, diagonal);
      var next = dot(residual, scaled);
      for (var i = 0; i < plane; i++) {
        direction[i] = scaled[i] + next / old * direction[i];
      }
      old = next;
    }
    return x;
  }

  private double[] product(double[] x, double[] diagonal) {
    var product = neighbours(x);
    for (var i = 0; i < plane; i++) {
      product[i] = diagonal[i] * x[i] - product[i];
    }
    return product;
  }

  private double[] ones() {
    var ones = new double[plane];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static double[] masked(double[] numbers, boolean[] kept) {
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = kept[i] ? numbers[i] : 0;
    }
    return numbers;
  }

  private static double[] divided(double[] numbers, double[] by) {
    var result = new double[numbers.length];
    Arrays.setAll(result, i -> by[i] == 0 ? 0 : numbers[i] / by[i]);
    return result;
  }

  private static double dot(double[] a, double[] b) {
    var sum = 0.0;
    for (var i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /** The weighted sum of each pixel's neighbours inside the image. */
  private double[] neighbours(double[] x) {
    var sums = new double[plane];
    for (var v = 0; v < height; v++) {
      for (var u = 0; u < width; u++) {
        var i = v * width + u;
        var inside = v > 0 && v < height - 1 && u > 0 && u < width - 1;
        sums[i] =
            inside
                ? DIRECT * (x[i - width] + x[i - 1] + x[i + 1] + x[i + width])
                    + DIAGONAL
                        * (x[i - width - 1]
                            + x[i - width + 1]
                            + x[i + width - 1]
                            + x[i + width + 1])
                : atTheEdge(x, v, u);
      }
    }
    return sums;
  }

  private double atTheEdge(double[] x, int v, int u) {
    var sum = 0.0;
    for (var dv = Math.max(-1, -v); dv <= Math.min(1, height - 1 - v); dv++) {
      for (var du = Math.max(-1, -u); du <= Math.min(1, width - 1 - u); du++) {
        if (du != 0 || dv != 0) {
          sum += (du == 0 || dv == 0 ? DIRECT : DIAGONAL) * x[(v + dv) * width + u + du];
        }
      }
    }
    return sum;
  }
}
