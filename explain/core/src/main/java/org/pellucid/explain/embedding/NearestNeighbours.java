package org.pellucid.explain.embedding;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The nearest others of each of several vectors.
 *
 * @param indices for each vector the others, the nearest first {@code [count, neighbours]}; of two
 *     at the same distance the one with the lower index comes first
 * @param distances of the same shape
 */
public record NearestNeighbours(int[][] indices, double[][] distances) {
  /**
   * Finds the neighbours by a table of distances.
   *
   * @param table {@code [count, count]}, such as {@link Distances} gives
   * @param neighbours how many each; at most all others
   * @throws IllegalArgumentException if the number of neighbours is negative
   */
  public static NearestNeighbours of(double[][] table, int neighbours) {
    if (neighbours < 0) {
      throw new IllegalArgumentException(
          "The number of neighbours must be at least 0, not " + neighbours + ".");
    }
    var indices = new int[table.length][];
    var distances = new double[table.length][];
    for (var i = 0; i < table.length; i++) {
      var self = i;
      var row = table[i];
      indices[i] =
          IntStream.range(0, row.length)
              .filter(j -> j != self)
              .boxed()
              .sorted(Comparator.comparingDouble(j -> row[j]))
              .limit(neighbours)
              .mapToInt(j -> j)
              .toArray();
      distances[i] = IntStream.of(indices[i]).mapToDouble(j -> row[j]).toArray();
    }
    return new NearestNeighbours(indices, distances);
  }
}
