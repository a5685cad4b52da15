package org.pellucid.explain.perturbation;

import java.util.Comparator;
import java.util.stream.IntStream;

/** How LIME chooses the superpixels that an explanation keeps, as the lime library does. */
public enum FeatureSelection {
  /** {@link #FORWARD} for up to six, else {@link #HIGHEST_WEIGHTS}. */
  AUTO,
  /** Those with the largest coefficients of a nearly unpenalised fit of all. */
  HIGHEST_WEIGHTS,
  /** One after another the one that raises an unpenalised fit's R squared most. */
  FORWARD,
  /** Those of the last place on the lasso's path that has no more than are wanted. */
  LASSO_PATH,
  /** All, whatever number is wanted. */
  NONE;

  private static final int FEW = 6;
  private static final double PENALTY = 0.01;

  /**
   * The columns that are kept.
   *
   * @param gram of the centred columns under the samples' weights
   * @param moments of the centred columns with the centred target
   * @param samples the number of samples
   * @param features the most columns that are wanted
   */
  int[] select(double[][] gram, double[] moments, int samples, int features) {
    return switch (this) {
      case AUTO ->
          (features <= FEW ? FORWARD : HIGHEST_WEIGHTS).select(gram, moments, samples, features);
      case HIGHEST_WEIGHTS -> highest(gram, moments, features);
      case FORWARD -> forward(gram, moments, Math.min(features, moments.length));
      case LASSO_PATH -> new LassoPath(gram, moments, samples).columns(features);
      case NONE -> IntStream.range(0, moments.length).toArray();
    };
  }

  private static int[] highest(double[][] gram, double[] moments, int features) {
    var all = IntStream.range(0, moments.length).toArray();
    var strength = Cholesky.penalised(gram, all, PENALTY).solve(moments);
    return IntStream.of(all)
        .boxed()
        .sorted(Comparator.comparingDouble(column -> -Math.abs(strength[column])))
        .limit(features)
        .mapToInt(column -> column)
        .toArray();
  }

  /**
   * Forward selection: each column is kept up to date as what the chosen ones leave of it, so that
   * the gain of adding one is its squared moment over its square.
   */
  private static int[] forward(double[][] gram, double[] moments, int features) {
    var columns = moments.length;
    var projections = new double[columns][features];
    var squares = IntStream.range(0, columns).mapToDouble(i -> gram[i][i]).toArray();
    var rest = moments.clone();
    var used = new boolean[columns];
    var chosen = new int[features];
    for (var step = 0; step < features; step++) {
      var best = best(gram, squares, rest, used);
      used[best] = true;
      chosen[step] = best;
      if (!isIndependent(gram, squares, best)) {
        continue;
      }
      var length = Math.sqrt(squares[best]);
      var share = rest[best] / length;
      for (var column = 0; column < columns; column++) {
        var product = gram[column][best];
        for (var k = 0; k < step; k++) {
          product -= projections[column][k] * projections[best][k];
        }
        projections[column][step] = product / length;
      }
      for (var column = 0; column < columns; column++) {
        var projection = projections[column][step];
        squares[column] -= projection * projection;
        rest[column] -= projection * share;
      }
    }
    return chosen;
  }

  private static int best(double[][] gram, double[] squares, double[] rest, boolean[] used) {
    var best = -1;
    var most = Double.NEGATIVE_INFINITY;
    for (var column = 0; column < rest.length; column++) {
      var gain =
          isIndependent(gram, squares, column) ? rest[column] * rest[column] / squares[column] : 0;
      if (!used[column] && gain > most) {
        best = column;
        most = gain;
      }
    }
    return best;
  }

  /** Whether more than rounding is left of a column. */
  private static boolean isIndependent(double[][] gram, double[] squares, int column) {
    return squares[column] > 1e-10 * gram[column][column];
  }
}
