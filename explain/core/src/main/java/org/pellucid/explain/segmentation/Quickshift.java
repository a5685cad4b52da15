package org.pellucid.explain.segmentation;

import java.util.Arrays;

/**
 * Quickshift superpixels: each pixel climbs to the nearest pixel of higher density in place and
 * L*a*b* colour, and those that reach the same top form a piece.
 *
 * <p>The pieces equal those of scikit-image 0.19.3's {@code quickshift} with the same parameters
 * and seed. A piece need not be connected.
 *
 * @param kernelSize width in pixels of the Gaussian that densities are measured with, at least 1;
 *     larger ones give fewer pieces
 * @param largestDistance farthest that a pixel climbs in one step, above 0; larger ones give fewer
 *     pieces
 * @param ratio weight of colour against place, from 0 to 1
 * @see "A. Vedaldi and S. Soatto: Quick shift and kernel methods for mode seeking, ECCV 2008"
 */
public record Quickshift(double kernelSize, double largestDistance, double ratio)
    implements Segmentation {
  private static final double LARGEST_KERNEL = 100;
  private static final double TIE_BREAKER = 1e-5;
  private static final int REACH = 3;

  /**
   * Checks the parameters.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public Quickshift {
    check(kernelSize >= 1 && kernelSize <= LARGEST_KERNEL, "kernel size", "1 to 100", kernelSize);
    check(largestDistance > 0, "largest distance", "above 0", largestDistance);
    check(ratio >= 0 && ratio <= 1, "ratio", "from 0 to 1", ratio);
  }

  private static void check(boolean right, String name, String allowed, double value) {
    if (!right || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "Quickshift's %s must be %s, not %s.".formatted(name, allowed, value));
    }
  }

  /** The lime library's parameters: kernel size 4, largest distance 200, ratio 0.2. */
  public static Quickshift lime() {
    return new Quickshift(4, 200, 0.2);
  }

  @Override
  public Superpixels segment(float[] image, int height, int width, int seed) {
    ImageChecks.check(image, height, width);
    var places = new Places(colours(image, height, width), height, width, reach(height, width));
    var densities = densities(places, seed);
    return numbered(tops(parents(places, densities)), height, width);
  }

  /** Windows need not reach beyond the image. */
  private int reach(int height, int width) {
    return (int) Math.min(Math.ceil(REACH * kernelSize), Math.max(height, width));
  }

  private double[][] colours(float[] image, int height, int width) {
    var planes = LabImage.of(image, height, width).planes();
    for (var plane : planes) {
      for (var pixel = 0; pixel < plane.length; pixel++) {
        plane[pixel] *= ratio;
      }
    }
    return planes;
  }

  private double[] densities(Places places, int seed) {
    var exponent = -0.5 / (kernelSize * kernelSize);
    var densities = new double[places.count()];
    for (var pixel = 0; pixel < densities.length; pixel++) {
      var sum = 0.0;
      for (var row = places.top(pixel); row < places.bottom(pixel); row++) {
        for (var column = places.left(pixel); column < places.right(pixel); column++) {
          sum += StrictMath.exp(exponent * places.squaredDistance(pixel, row, column));
        }
      }
      densities[pixel] = sum;
    }
    var generator = new MersenneTwister(seed);
    for (var pixel = 0; pixel < densities.length; pixel++) {
      densities[pixel] += TIE_BREAKER * generator.nextGaussian();
    }
    return densities;
  }

  /** The nearest pixel of higher density for each; itself where none is near enough. */
  private int[] parents(Places places, double[] densities) {
    var parents = new int[densities.length];
    for (var pixel = 0; pixel < parents.length; pixel++) {
      var closest = Double.POSITIVE_INFINITY;
      var parent = pixel;
      for (var row = places.top(pixel); row < places.bottom(pixel); row++) {
        for (var column = places.left(pixel); column < places.right(pixel); column++) {
          var other = row * places.width + column;
          if (densities[other] > densities[pixel]) {
            var distance = places.squaredDistance(pixel, row, column);
            if (distance < closest) {
              closest = distance;
              parent = other;
            }
          }
        }
      }
      parents[pixel] = Math.sqrt(closest) > largestDistance ? pixel : parent;
    }
    return parents;
  }

  private static int[] tops(int[] parents) {
    var tops = new int[parents.length];
    for (var pixel = 0; pixel < tops.length; pixel++) {
      var top = pixel;
      while (parents[top] != top) {
        top = parents[top];
      }
      tops[pixel] = top;
    }
    return tops;
  }

  /** Numbers pieces in the order of the pixels that stand for them. */
  static Superpixels numbered(int[] representatives, int height, int width) {
    var numbers = new int[representatives.length];
    Arrays.fill(numbers, -1);
    var count = 0;
    for (var representative : Arrays.stream(representatives).sorted().toArray()) {
      if (numbers[representative] < 0) {
        numbers[representative] = count++;
      }
    }
    var labels = Arrays.stream(representatives).map(pixel -> numbers[pixel]).toArray();
    return new Superpixels(labels, height, width, count);
  }

  /** Pixels as points in place and colour, each with the window of those that count. */
  private record Places(double[][] colours, int height, int width, int reach) {
    int count() {
      return height * width;
    }

    int top(int pixel) {
      return Math.max(pixel / width - reach, 0);
    }

    int bottom(int pixel) {
      return Math.min(pixel / width + reach + 1, height);
    }

    int left(int pixel) {
      return Math.max(pixel % width - reach, 0);
    }

    int right(int pixel) {
      return Math.min(pixel % width + reach + 1, width);
    }

    double squaredDistance(int pixel, int row, int column) {
      var sum = 0.0;
      for (var plane : colours) {
        var difference = plane[pixel] - plane[row * width + column];
        sum += difference * difference;
      }
      double vertical = pixel / width - row;
      sum += vertical * vertical;
      double horizontal = pixel % width - column;
      return sum + horizontal * horizontal;
    }
  }
}
