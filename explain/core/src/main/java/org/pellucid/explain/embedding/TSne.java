package org.pellucid.explain.embedding;

import java.util.Arrays;

/**
 * t-distributed stochastic neighbour embedding: places in the plane whose neighbourhoods resemble
 * those of the vectors. Far distances in it mean little.
 *
 * <p>Every pair is computed (no approximation by a tree), and the places start at the first two
 * principal components, so nothing is random.
 *
 * @param perplexity the effective number of neighbours; at most a third of the others is used
 * @param iterations steps, of which the first quarter exaggerates the vectors' affinities
 * @see "L. van der Maaten and G. Hinton: Visualizing Data using t-SNE, JMLR 9 (2008)"
 */
public record TSne(double perplexity, int iterations) {
  /** Perplexity 30 and 400 iterations. */
  public static final TSne STANDARD = new TSne(30, 400);

  /**
   * Much less than the 12 of programs for thousands of vectors, which makes the places of a short
   * text collapse into one.
   */
  private static final double EXAGGERATION = 2;

  /** The standard deviation from which the first component starts. */
  private static final double START = 1e-4;

  /** The step is so many times smaller than the number of vectors; larger ones swing. */
  private static final double RATE = 8;

  private static final int SEARCH_STEPS = 64;

  /**
   * The places {@code [count, 2]}.
   *
   * @param distances between the vectors {@code [count, count]}
   * @param start where the places start up to their scale, {@code [count, at least 2]}
   */
  public double[][] places(double[][] distances, double[][] start) {
    var count = distances.length;
    if (count < 2) {
      return new double[count][2];
    }
    var affinities = affinities(distances, Math.min(perplexity, Math.max(1, (count - 1) / 3.0)));
    var places = scaled(start);
    var velocity = new double[count][2];
    var gains = new double[count][2];
    for (var row : gains) {
      Arrays.fill(row, 1);
    }
    var rate = count / RATE;
    for (var step = 0; step < iterations; step++) {
      var early = step < iterations / 4;
      var gradient = gradient(affinities, places, early ? EXAGGERATION : 1);
      for (var i = 0; i < count; i++) {
        for (var k = 0; k < 2; k++) {
          var sameWay = gradient[i][k] > 0 == velocity[i][k] > 0;
          gains[i][k] = Math.max(0.01, sameWay ? gains[i][k] * 0.8 : gains[i][k] + 0.2);
          velocity[i][k] =
              (early ? 0.5 : 0.8) * velocity[i][k] - rate * gains[i][k] * gradient[i][k];
          places[i][k] += velocity[i][k];
        }
      }
    }
    return places;
  }

  private static double[][] scaled(double[][] start) {
    var square = 0.0;
    for (var row : start) {
      square += row[0] * row[0];
    }
    var factor = square == 0 ? 0 : START / Math.sqrt(square / start.length);
    return Arrays.stream(start)
        .map(row -> new double[] {row[0] * factor, row[1] * factor})
        .toArray(double[][]::new);
  }

  /**
   * The symmetric affinities p {@code [count, count]}, whose sum is 1: each row of conditional
   * probabilities has the entropy log(perplexity).
   */
  static double[][] affinities(double[][] distances, double perplexity) {
    var count = distances.length;
    var rows = new double[count][];
    for (var i = 0; i < count; i++) {
      rows[i] = conditional(distances[i], i, Math.log(perplexity));
    }
    var result = new double[count][count];
    for (var i = 0; i < count; i++) {
      for (var j = 0; j < count; j++) {
        result[i][j] = (rows[i][j] + rows[j][i]) / (2.0 * count);
      }
    }
    return result;
  }

  /** Halves the interval of the precision until the entropy fits. */
  private static double[] conditional(double[] distances, int self, double entropy) {
    var nearest = Double.POSITIVE_INFINITY;
    for (var j = 0; j < distances.length; j++) {
      nearest = j == self ? nearest : Math.min(nearest, distances[j]);
    }
    var row = new double[distances.length];
    var low = 0.0;
    var high = Double.POSITIVE_INFINITY;
    var precision = 1.0;
    for (var step = 0; step < SEARCH_STEPS; step++) {
      if (fill(row, distances, self, nearest, precision) > entropy) {
        low = precision;
        precision = Double.isInfinite(high) ? precision * 2 : (low + high) / 2;
      } else {
        high = precision;
        precision = (low + high) / 2;
      }
    }
    return row;
  }

  /** Computes exp(−precision · (d² − nearest²)), normalised, and returns the entropy. */
  private static double fill(
      double[] row, double[] distances, int self, double nearest, double precision) {
    var sum = 0.0;
    var weighted = 0.0;
    for (var j = 0; j < row.length; j++) {
      var square = distances[j] * distances[j] - nearest * nearest;
      row[j] = j == self ? 0 : Math.exp(-precision * square);
      sum += row[j];
      weighted += j == self ? 0 : row[j] * square;
    }
    for (var j = 0; j < row.length; j++) {
      row[j] /= sum;
    }
    return Math.log(sum) + precision * weighted / sum;
  }

  /** The Kullback–Leibler divergence of the places' affinities q from p, which is minimised. */
  static double divergence(double[][] affinities, double[][] places) {
    var total = 0.0;
    var count = places.length;
    for (var i = 0; i < count; i++) {
      for (var j = 0; j < count; j++) {
        total += i == j ? 0 : closeness(places[i], places[j]);
      }
    }
    var divergence = 0.0;
    for (var i = 0; i < count; i++) {
      for (var j = 0; j < count; j++) {
        if (affinities[i][j] > 0) {
          var q = closeness(places[i], places[j]) / total;
          divergence += affinities[i][j] * Math.log(affinities[i][j] / q);
        }
      }
    }
    return divergence;
  }

  private static double closeness(double[] a, double[] b) {
    var x = a[0] - b[0];
    var y = a[1] - b[1];
    return 1 / (1 + x * x + y * y);
  }

  /** The divergence's gradient: 4 Σⱼ (p − q) (yᵢ − yⱼ) / (1 + |yᵢ − yⱼ|²). */
  static double[][] gradient(double[][] affinities, double[][] places, double exaggeration) {
    var count = places.length;
    var x = Arrays.stream(places).mapToDouble(row -> row[0]).toArray();
    var y = Arrays.stream(places).mapToDouble(row -> row[1]).toArray();
    var weights = new double[count][];
    var total = 0.0;
    for (var i = 0; i < count; i++) {
      weights[i] = closenesses(x, y, i);
      for (var weight : weights[i]) {
        total += 2 * weight;
      }
    }
    var pulls = new double[2][count];
    for (var i = 0; i < count; i++) {
      addForces(affinities[i], weights[i], x, y, exaggeration, 1 / total, pulls);
    }
    var gradient = new double[count][];
    for (var i = 0; i < count; i++) {
      gradient[i] = new double[] {pulls[0][i], pulls[1][i]};
    }
    return gradient;
  }

  /** 1 / (1 + |yᵢ − yⱼ|²) of a point and those before it; a loop that a processor does at once. */
  private static double[] closenesses(double[] x, double[] y, int i) {
    var row = new double[i];
    for (var j = 0; j < i; j++) {
      var across = x[i] - x[j];
      var up = y[i] - y[j];
      row[j] = 1 / (1 + across * across + up * up);
    }
    return row;
  }

  /** Adds the forces between a point, whose number is the row's length, and those before it. */
  private static void addForces(
      double[] affinities,
      double[] weights,
      double[] x,
      double[] y,
      double exaggeration,
      double share,
      double[][] pulls) {
    var i = weights.length;
    var across = 0.0;
    var up = 0.0;
    for (var j = 0; j < i; j++) {
      var factor = 4 * (exaggeration * affinities[j] - weights[j] * share) * weights[j];
      var forceAcross = factor * (x[i] - x[j]);
      var forceUp = factor * (y[i] - y[j]);
      across += forceAcross;
      up += forceUp;
      pulls[0][j] -= forceAcross;
      pulls[1][j] -= forceUp;
    }
    pulls[0][i] += across;
    pulls[1][i] += up;
  }
}
