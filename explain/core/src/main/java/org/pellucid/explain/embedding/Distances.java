package org.pellucid.explain.embedding;

/**
 * Tables {@code [count, count]} that compare each of several vectors with each, computed in double
 * precision.
 */
public final class Distances {
  private Distances() {}

  /**
   * The Euclidean distances: the length of the difference.
   *
   * @param vectors {@code [count, width]} one after the other
   * @param count how many there are, at least 1
   * @return symmetric, 0 on the diagonal
   * @throws IllegalArgumentException if the array cannot be divided so or holds a number that is
   *     not finite
   */
  public static double[][] euclidean(float[] vectors, int count) {
    int width = Vectors.checkedWidth(vectors, count);
    var result = new double[count][count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < i; j++) {
        double sum = 0;
        for (int k = 0; k < width; k++) {
          double difference = (double) vectors[i * width + k] - vectors[j * width + k];
          sum += difference * difference;
        }
        result[i][j] = Math.sqrt(sum);
        result[j][i] = result[i][j];
      }
    }
    return result;
  }

  /**
   * The cosine similarities: the cosine of the angle between two vectors.
   *
   * @param vectors {@code [count, width]} one after the other
   * @param count how many there are, at least 1
   * @return symmetric, from -1 to 1, 1 on the diagonal; a vector of length 0 has no direction and
   *     gets 0 everywhere
   * @throws IllegalArgumentException if the array cannot be divided so or holds a number that is
   *     not finite
   */
  public static double[][] cosineSimilarity(float[] vectors, int count) {
    int width = Vectors.checkedWidth(vectors, count);
    var lengths = new double[count];
    for (int i = 0; i < count; i++) {
      lengths[i] = Math.sqrt(product(vectors, i, i, width));
    }
    var result = new double[count][count];
    for (int i = 0; i < count; i++) {
      result[i][i] = lengths[i] == 0 ? 0 : 1;
      for (int j = 0; j < i; j++) {
        double lengthProduct = lengths[i] * lengths[j];
        double cosine = lengthProduct == 0 ? 0 : product(vectors, i, j, width) / lengthProduct;
        result[i][j] = Math.clamp(cosine, -1.0, 1.0);
        result[j][i] = result[i][j];
      }
    }
    return result;
  }

  /**
   * The cosine distances: 1 minus the cosine similarities.
   *
   * @param vectors {@code [count, width]} one after the other
   * @param count how many there are, at least 1
   * @return symmetric, from 0 to 2
   * @throws IllegalArgumentException if the array cannot be divided so or holds a number that is
   *     not finite
   * @see #cosineSimilarity
   */
  public static double[][] cosine(float[] vectors, int count) {
    var result = cosineSimilarity(vectors, count);
    for (var row : result) {
      for (int i = 0; i < count; i++) {
        row[i] = 1 - row[i];
      }
    }
    return result;
  }

  private static double product(float[] vectors, int first, int second, int width) {
    double sum = 0;
    for (int k = 0; k < width; k++) {
      sum += (double) vectors[first * width + k] * vectors[second * width + k];
    }
    return sum;
  }
}
