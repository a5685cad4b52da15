package org.pellucid.explain.embedding;

/**
 * Tables {@code [count, count]} that compare several vectors pairwise, computed in double
 * precision.
 */
public final class Distances {
  private Distances() {}

  /**
   * The Euclidean distances: the lengths of the differences, a symmetric table.
   *
   * @param vectors {@code [count, width]} one after the other
   * @param count the number of vectors, at least 1
   * @throws IllegalArgumentException if the array can't be divided so or holds a number that is not
   *     finite
   */
  public static double[][] euclidean(float[] vectors, int count) {
    var width = Vectors.checkedWidth(vectors, count);
    var result = new double[count][count];
    for (var i = 0; i < count; i++) {
      for (var j = 0; j < i; j++) {
        var sum = 0.0;
        for (var k = 0; k < width; k++) {
          var difference = (double) vectors[i * width + k] - vectors[j * width + k];
          sum += difference * difference;
        }
        result[i][j] = Math.sqrt(sum);
        result[j][i] = result[i][j];
      }
    }
    return result;
  }

  /**
   * The cosine similarities: the cosine of the angle between two vectors, from −1 to 1, a symmetric
   * table with 1 on the diagonal. A vector of length 0 has no direction and gets 0 everywhere.
   *
   * @param vectors {@code [count, width]} one after the other
   * @param count the number of vectors, at least 1
   * @throws IllegalArgumentException if the array can't be divided so or holds a number that is not
   *     finite
   */
  public static double[][] cosineSimilarity(float[] vectors, int count) {
    var width = Vectors.checkedWidth(vectors, count);
    var lengths = new double[count];
    for (var i = 0; i < count; i++) {
      lengths[i] = Math.sqrt(product(vectors, i, i, width));
    }
    var result = new double[count][count];
    for (var i = 0; i < count; i++) {
      result[i][i] = lengths[i] == 0 ? 0 : 1;
      for (var j = 0; j < i; j++) {
        var lengthProduct = lengths[i] * lengths[j];
        var cosine = lengthProduct == 0 ? 0 : product(vectors, i, j, width) / lengthProduct;
        result[i][j] = Math.clamp(cosine, -1.0, 1.0);
        result[j][i] = result[i][j];
      }
    }
    return result;
  }

  /**
   * The cosine distances: 1 minus the cosine similarities, from 0 to 2, a symmetric table.
   *
   * @param vectors {@code [count, width]} one after the other
   * @param count the number of vectors, at least 1
   * @throws IllegalArgumentException if the array can't be divided so or holds a number that is not
   *     finite
   * @see #cosineSimilarity
   */
  public static double[][] cosine(float[] vectors, int count) {
    var result = cosineSimilarity(vectors, count);
    for (var row : result) {
      for (var i = 0; i < count; i++) {
        row[i] = 1 - row[i];
      }
    }
    return result;
  }

  /**
   * The scalar products, a symmetric table with the squared lengths on the diagonal.
   *
   * @param vectors {@code [count, width]} one after the other
   * @param count the number of vectors, at least 1
   * @throws IllegalArgumentException if the array can't be divided so or holds a number that is not
   *     finite
   */
  public static double[][] products(float[] vectors, int count) {
    var width = Vectors.checkedWidth(vectors, count);
    var result = new double[count][count];
    for (var i = 0; i < count; i++) {
      for (var j = 0; j <= i; j++) {
        result[i][j] = product(vectors, i, j, width);
        result[j][i] = result[i][j];
      }
    }
    return result;
  }

  private static double product(float[] vectors, int first, int second, int width) {
    var sum = 0.0;
    for (var k = 0; k < width; k++) {
      sum += (double) vectors[first * width + k] * vectors[second * width + k];
    }
    return sum;
  }
}
