package org.pellucid.explain.embedding;

import java.util.Arrays;

/**
 * The principal components of several vectors: the orthogonal directions in which they vary most,
 * found exactly and in double precision.
 *
 * <p>The eigenvectors are those of the centred vectors' Gram matrix {@code [count, count]} or
 * covariance {@code [width, width]}, whichever is smaller. A direction's sign is arbitrary; here
 * the vector with the largest absolute score gets a positive one, as in scikit-learn.
 *
 * @param scores coordinates of each vector along the components {@code [count, components]}
 * @param directions unit vectors {@code [components, width]}; all zero where nothing varies any
 *     more
 * @param means the vectors' mean {@code [width]}
 * @param explainedVariance variance along each component, with divisor {@code count - 1}; 0 for a
 *     single vector
 * @param explainedVarianceRatio its share of the whole variance, 0 if nothing varies
 */
public record PrincipalComponents(
    double[][] scores,
    double[][] directions,
    double[] means,
    double[] explainedVariance,
    double[] explainedVarianceRatio) {
  /** Share of the whole variance below which a component is rounding noise. */
  private static final double NOISE = 1e-14;

  /**
   * The first components, the strongest first.
   *
   * @param vectors {@code [count, width]} one after the other
   * @param count the number of vectors, at least 1
   * @param components their number, at least 1; those beyond the count or width are zero
   * @throws IllegalArgumentException if the array can't be divided so or holds a number that is not
   *     finite, or the number of components isn't positive
   */
  public static PrincipalComponents of(float[] vectors, int count, int components) {
    var width = Vectors.checkedWidth(vectors, count);
    if (components < 1) {
      throw new IllegalArgumentException(
          "The number of principal components must be at least 1, not " + components + ".");
    }
    var means = means(vectors, count, width);
    var rows = centred(vectors, means, count);
    var byCount = count <= width;
    var products = products(byCount ? rows : transposed(rows));
    var total = 0.0;
    for (var i = 0; i < products.length; i++) {
      total += products[i][i];
    }
    var eigen = new SymmetricEigen(products);
    var scores = new double[count][components];
    var directions = new double[components][width];
    var variance = new double[components];
    var ratio = new double[components];
    for (var k = 0; k < Math.min(components, products.length); k++) {
      var square = eigen.value(k);
      if (square <= NOISE * total) {
        continue;
      }
      directions[k] =
          byCount ? combination(rows, eigen.vector(k), Math.sqrt(square)) : eigen.vector(k);
      project(rows, directions[k], scores, k);
      variance[k] = square / (count - 1);
      ratio[k] = square / total;
    }
    var result = new PrincipalComponents(scores, directions, means, variance, ratio);
    return result.flipped(result.signsOfLargestScores());
  }

  /**
   * The same components with the signs that give their scores no negative product with those of
   * others, so that a drawing doesn't flip from one layer to the next.
   *
   * @param before components of the same number of vectors, usually the layer before
   * @throws IllegalArgumentException if the counts of vectors or components differ
   */
  public PrincipalComponents alignedTo(PrincipalComponents before) {
    var components = directions.length;
    if (scores.length != before.scores.length || components != before.directions.length) {
      throw new IllegalArgumentException(
          "%d components of %d vectors can't follow %d components of %d vectors."
              .formatted(
                  components, scores.length, before.directions.length, before.scores.length));
    }
    var signs = new double[components];
    for (var k = 0; k < components; k++) {
      var product = 0.0;
      for (var i = 0; i < scores.length; i++) {
        product += scores[i][k] * before.scores[i][k];
      }
      signs[k] = product < 0 ? -1 : 1;
    }
    return flipped(signs);
  }

  private double[] signsOfLargestScores() {
    var signs = new double[directions.length];
    for (var k = 0; k < signs.length; k++) {
      var largest = 0.0;
      for (var row : scores) {
        largest = Math.abs(row[k]) > Math.abs(largest) ? row[k] : largest;
      }
      signs[k] = largest < 0 ? -1 : 1;
    }
    return signs;
  }

  private PrincipalComponents flipped(double[] signs) {
    var newScores = new double[scores.length][signs.length];
    var newDirections = new double[signs.length][];
    for (var k = 0; k < signs.length; k++) {
      var sign = signs[k];
      newDirections[k] = Arrays.stream(directions[k]).map(value -> sign * value).toArray();
      for (var i = 0; i < scores.length; i++) {
        newScores[i][k] = sign * scores[i][k];
      }
    }
    return new PrincipalComponents(
        newScores, newDirections, means, explainedVariance, explainedVarianceRatio);
  }

  private static double[] means(float[] vectors, int count, int width) {
    var means = new double[width];
    for (var i = 0; i < vectors.length; i++) {
      means[i % width] += vectors[i];
    }
    for (var k = 0; k < width; k++) {
      means[k] /= count;
    }
    return means;
  }

  private static double[][] centred(float[] vectors, double[] means, int count) {
    var rows = new double[count][means.length];
    for (var i = 0; i < vectors.length; i++) {
      var k = i % means.length;
      rows[i / means.length][k] = vectors[i] - means[k];
    }
    return rows;
  }

  private static double[][] transposed(double[][] rows) {
    var result = new double[rows[0].length][rows.length];
    for (var i = 0; i < rows.length; i++) {
      for (var k = 0; k < result.length; k++) {
        result[k][i] = rows[i][k];
      }
    }
    return result;
  }

  /** The scalar product of each row with each. */
  private static double[][] products(double[][] rows) {
    var result = new double[rows.length][rows.length];
    for (var i = 0; i < rows.length; i++) {
      for (var j = 0; j <= i; j++) {
        var sum = 0.0;
        for (var k = 0; k < rows[i].length; k++) {
          sum += rows[i][k] * rows[j][k];
        }
        result[i][j] = sum;
        result[j][i] = sum;
      }
    }
    return result;
  }

  private static double[] combination(double[][] rows, double[] factors, double divisor) {
    var result = new double[rows[0].length];
    for (var i = 0; i < rows.length; i++) {
      for (var k = 0; k < result.length; k++) {
        result[k] += factors[i] / divisor * rows[i][k];
      }
    }
    return result;
  }

  private static void project(double[][] rows, double[] direction, double[][] scores, int k) {
    for (var i = 0; i < rows.length; i++) {
      for (var j = 0; j < direction.length; j++) {
        scores[i][k] += rows[i][j] * direction[j];
      }
    }
  }
}
