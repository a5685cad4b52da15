package org.pellucid.explain.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;

/** Correlations of two rows of numbers of the same length. */
final class Correlation {
  private Correlation() {}

  /** Pearson's correlation; NaN if one row is constant. */
  static double pearson(double[] a, double[] b) {
    if (isConstant(a) || isConstant(b)) {
      return Double.NaN;
    }
    var meanA = Arrays.stream(a).average().orElseThrow();
    var meanB = Arrays.stream(b).average().orElseThrow();
    var product = 0.0;
    var squareA = 0.0;
    var squareB = 0.0;
    for (var i = 0; i < a.length; i++) {
      product += (a[i] - meanA) * (b[i] - meanB);
      squareA += (a[i] - meanA) * (a[i] - meanA);
      squareB += (b[i] - meanB) * (b[i] - meanB);
    }
    return product / Math.sqrt(squareA * squareB);
  }

  static boolean isConstant(double[] numbers) {
    return Arrays.stream(numbers).allMatch(number -> number == numbers[0]);
  }

  /** Spearman's rank correlation; equal numbers have the mean of their ranks. */
  static double spearman(double[] a, double[] b) {
    return pearson(ranks(a), ranks(b));
  }

  /** The cosine of the angle between both; NaN if one is all zeros. */
  static double cosine(double[] a, double[] b) {
    var product = 0.0;
    var squareA = 0.0;
    var squareB = 0.0;
    for (var i = 0; i < a.length; i++) {
      product += a[i] * b[i];
      squareA += a[i] * a[i];
      squareB += b[i] * b[i];
    }
    return product / Math.sqrt(squareA * squareB);
  }

  /** Ranks from 1 on, the smallest first; equal numbers have the mean of their ranks. */
  static double[] ranks(double[] numbers) {
    var order =
        IntStream.range(0, numbers.length)
            .boxed()
            .sorted((i, j) -> Double.compare(numbers[i], numbers[j]))
            .mapToInt(Integer::intValue)
            .toArray();
    var ranks = new double[numbers.length];
    for (var first = 0; first < order.length; ) {
      var end = first + 1;
      while (end < order.length && numbers[order[end]] == numbers[order[first]]) {
        end++;
      }
      for (var i = first; i < end; i++) {
        ranks[order[i]] = (first + 1 + end) / 2.0;
      }
      first = end;
    }
    return ranks;
  }
}
