package org.pellucid.explain.perturbation;

import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Ridge regressions with an intercept and sample weights on one set of samples: the weighted Gram
 * matrix and its factorisation are shared by all targets.
 *
 * <p>A fit minimises {@code sum of weight * (target - intercept - row . coefficients)^2 + penalty *
 * |coefficients|^2}; the intercept is not penalised, because rows and targets are centred at their
 * weighted means first.
 */
final class WeightedRidge {
  private static final double PENALTY = 1;
  private static final double SELECTION_PENALTY = 0.01;

  private final boolean[][] rows;
  private final double[] weights;
  private final double weightSum;
  private final double[] means;
  private final double[][] gram;
  private final int features;
  private final Optional<Cholesky> whole;

  /**
   * Prepares the samples.
   *
   * @param rows true for 1 and false for 0, {@code [samples, columns]}
   * @param weights one for each sample, above 0
   * @param features the most columns that a fit keeps
   */
  WeightedRidge(boolean[][] rows, double[] weights, int features) {
    this.rows = rows;
    this.weights = weights;
    this.features = features;
    var columns = rows[0].length;
    var sum = 0.0;
    means = new double[columns];
    for (var row = 0; row < rows.length; row++) {
      sum += weights[row];
      for (var column = 0; column < columns; column++) {
        means[column] += rows[row][column] ? weights[row] : 0;
      }
    }
    weightSum = sum;
    for (var column = 0; column < columns; column++) {
      means[column] /= sum;
    }
    gram = centredGram();
    whole = features < columns ? Optional.empty() : Optional.of(factorise(PENALTY, all()));
  }

  /**
   * Fits one target. Columns that were not kept have the coefficient 0.
   *
   * @param target a value for each sample
   */
  Fit fit(double[] target) {
    var mean = 0.0;
    for (var row = 0; row < rows.length; row++) {
      mean += weights[row] * target[row];
    }
    mean /= weightSum;
    var moments = moments(target, mean);
    var coefficients = whole.isPresent() ? whole.get().solve(moments) : fitStrongest(moments);
    var intercept = mean;
    var prediction = 0.0;
    for (var column = 0; column < means.length; column++) {
      intercept -= means[column] * coefficients[column];
      prediction += coefficients[column];
    }
    prediction += intercept;
    return new Fit(
        coefficients, intercept, prediction, score(target, mean, coefficients, intercept));
  }

  /** Keeps the columns with the largest coefficients of a nearly unpenalised fit. */
  private double[] fitStrongest(double[] moments) {
    var strength = factorise(SELECTION_PENALTY, all()).solve(moments);
    var kept =
        IntStream.of(all())
            .boxed()
            .sorted(Comparator.comparingDouble(column -> -Math.abs(strength[column])))
            .limit(features)
            .mapToInt(column -> column)
            .toArray();
    var solution =
        factorise(PENALTY, kept).solve(IntStream.of(kept).mapToDouble(i -> moments[i]).toArray());
    var coefficients = new double[means.length];
    for (var i = 0; i < kept.length; i++) {
      coefficients[kept[i]] = solution[i];
    }
    return coefficients;
  }

  private int[] all() {
    return IntStream.range(0, means.length).toArray();
  }

  private Cholesky factorise(double penalty, int[] kept) {
    var matrix = new double[kept.length][kept.length];
    for (var i = 0; i < kept.length; i++) {
      for (var j = 0; j < kept.length; j++) {
        matrix[i][j] = gram[kept[i]][kept[j]];
      }
      matrix[i][i] += penalty;
    }
    return new Cholesky(matrix);
  }

  private double[][] centredGram() {
    var columns = means.length;
    var result = new double[columns][columns];
    var centred = new double[columns];
    for (var row = 0; row < rows.length; row++) {
      for (var column = 0; column < columns; column++) {
        centred[column] = (rows[row][column] ? 1 : 0) - means[column];
      }
      for (var i = 0; i < columns; i++) {
        var weighted = weights[row] * centred[i];
        var line = result[i];
        for (var j = 0; j <= i; j++) {
          line[j] += weighted * centred[j];
        }
      }
    }
    for (var i = 0; i < columns; i++) {
      for (var j = 0; j < i; j++) {
        result[j][i] = result[i][j];
      }
    }
    return result;
  }

  private double[] moments(double[] target, double mean) {
    var result = new double[means.length];
    for (var row = 0; row < rows.length; row++) {
      var weighted = weights[row] * (target[row] - mean);
      for (var column = 0; column < result.length; column++) {
        result[column] += weighted * ((rows[row][column] ? 1 : 0) - means[column]);
      }
    }
    return result;
  }

  /** The weighted R squared; for a constant target 1 if it is met exactly and 0 otherwise. */
  private double score(double[] target, double mean, double[] coefficients, double intercept) {
    var unexplained = 0.0;
    var total = 0.0;
    for (var row = 0; row < rows.length; row++) {
      var predicted = intercept;
      for (var column = 0; column < coefficients.length; column++) {
        predicted += rows[row][column] ? coefficients[column] : 0;
      }
      unexplained += weights[row] * (target[row] - predicted) * (target[row] - predicted);
      total += weights[row] * (target[row] - mean) * (target[row] - mean);
    }
    if (total == 0) {
      return unexplained == 0 ? 1 : 0;
    }
    return 1 - unexplained / total;
  }

  /** A linear model: coefficients, intercept, its value for a row of ones, weighted R squared. */
  record Fit(double[] coefficients, double intercept, double prediction, double score) {}
}
