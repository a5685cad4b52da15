package org.pellucid.explain.metrics;

import java.util.Arrays;

/**
 * The mean structural similarity of two images over all windows inside them, each pixel counting
 * alike (Wang et al., 2004): {@code (2 μₐμᵦ + c₁)(2 σₐᵦ + c₂) / ((μₐ² + μᵦ² + c₁)(σₐ² + σᵦ² + c₂))}
 * with {@code c₁ = (0.01 L)²}, {@code c₂ = (0.03 L)²} and unbiased variances, where {@code L} is 1
 * for images without negative values and 2 for those in −1..1.
 */
final class StructuralSimilarity {
  private static final int SIDE = 7;

  private StructuralSimilarity() {}

  static double of(double[] a, double[] b, int height, int width) {
    var rows = Math.min(SIDE, height);
    var columns = Math.min(SIDE, width);
    var negative = Arrays.stream(a).anyMatch(n -> n < 0) || Arrays.stream(b).anyMatch(n -> n < 0);
    var range = negative ? 2.0 : 1.0;
    var sum = 0.0;
    for (var y = 0; y + rows <= height; y++) {
      for (var x = 0; x + columns <= width; x++) {
        sum += ofWindow(a, b, width, y * width + x, rows, columns, range);
      }
    }
    return sum / ((height - rows + 1) * (width - columns + 1));
  }

  private static double ofWindow(
      double[] a, double[] b, int width, int corner, int rows, int columns, double range) {
    var count = rows * columns;
    var sumA = 0.0;
    var sumB = 0.0;
    var squareA = 0.0;
    var squareB = 0.0;
    var product = 0.0;
    for (var y = 0; y < rows; y++) {
      for (var x = 0; x < columns; x++) {
        var p = a[corner + y * width + x];
        var q = b[corner + y * width + x];
        sumA += p;
        sumB += q;
        squareA += p * p;
        squareB += q * q;
        product += p * q;
      }
    }
    var meanA = sumA / count;
    var meanB = sumB / count;
    var unbiased = Math.max(1, count - 1);
    var varianceA = (squareA - count * meanA * meanA) / unbiased;
    var varianceB = (squareB - count * meanB * meanB) / unbiased;
    var covariance = (product - count * meanA * meanB) / unbiased;
    var c1 = 0.01 * range * 0.01 * range;
    var c2 = 0.03 * range * 0.03 * range;
    return (2 * meanA * meanB + c1)
        * (2 * covariance + c2)
        / ((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2));
  }
}
