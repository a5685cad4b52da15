package org.pellucid.explain.perturbation;

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

  private final BitMatrix rows;
  private final double[] weights;
  private final double weightSum;
  private final double[] means;
  private final double[][] gram;
  private final FeatureSelection selection;
  private final int features;
  private final Optional<Cholesky> whole;

  /**
   * Prepares the samples.
   *
   * @param rows true for 1 and false for 0, {@code [samples, columns]}
   * @param weights one for each sample, from 0 on, not all 0
   * @param selection how a fit chooses the columns that it keeps
   * @param features the most columns that a fit keeps
   */
  WeightedRidge(BitMatrix rows, double[] weights, FeatureSelection selection, int features) {
    this.rows = rows;
    this.weights = weights;
    this.selection = selection;
    this.features = features;
    var columns = rows.columns();
    var sum = 0.0;
    means = new double[columns];
    for (var row = 0; row < rows.rows(); row++) {
      sum += weights[row];
      for (var column = 0; column < columns; column++) {
        means[column] += rows.get(row, column) ? weights[row] : 0;
      }
    }
    weightSum = sum;
    for (var column = 0; column < columns; column++) {
      means[column] /= sum;
    }
    gram = centredGram();
    whole =
        selection == FeatureSelection.NONE
                || features >= columns && selection != FeatureSelection.LASSO_PATH
            ? Optional.of(Cholesky.penalised(gram, IntStream.range(0, columns).toArray(), PENALTY))
            : Optional.empty();
  }

  /**
   * Fits one target. Columns that were not kept have the coefficient 0.
   *
   * @param target a value for each sample
   */
  Fit fit(double[] target) {
    var mean = mean(target);
    var moments = moments(target, mean);
    var coefficients = whole.isPresent() ? whole.get().solve(moments) : fitSelected(moments);
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

  /** The weighted mean, which rounding doesn't move where all values are the same. */
  private double mean(double[] target) {
    var sum = 0.0;
    var constant = true;
    for (var row = 0; row < target.length; row++) {
      sum += weights[row] * target[row];
      constant &= target[row] == target[0];
    }
    return constant ? target[0] : sum / weightSum;
  }

  private double[] fitSelected(double[] moments) {
    var kept = selection.select(gram, moments, rows.rows(), features);
    var solution =
        Cholesky.penalised(gram, kept, PENALTY)
            .solve(IntStream.of(kept).mapToDouble(i -> moments[i]).toArray());
    var coefficients = new double[means.length];
    for (var i = 0; i < kept.length; i++) {
      coefficients[kept[i]] = solution[i];
    }
    return coefficients;
  }

  private double[][] centredGram() {
    var columns = means.length;
    var result = new double[columns][columns];
    var centred = new double[columns];
    for (var row = 0; row < rows.rows(); row++) {
      for (var column = 0; column < columns; column++) {
        centred[column] = (rows.get(row, column) ? 1 : 0) - means[column];
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
    for (var row = 0; row < rows.rows(); row++) {
      var weighted = weights[row] * (target[row] - mean);
      for (var column = 0; column < result.length; column++) {
        result[column] += weighted * ((rows.get(row, column) ? 1 : 0) - means[column]);
      }
    }
    return result;
  }

  /** The weighted R squared; for a constant target 1 if it is met exactly and 0 otherwise. */
  private double score(double[] target, double mean, double[] coefficients, double intercept) {
    var unexplained = 0.0;
    var total = 0.0;
    for (var row = 0; row < rows.rows(); row++) {
      var predicted = intercept;
      for (var column = 0; column < coefficients.length; column++) {
        predicted += rows.get(row, column) ? coefficients[column] : 0;
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
