package org.pellucid.explain.embedding;

import java.util.Arrays;

/**
 * How well each of several vectors lies in its group: (b − a) / max(a, b), where a is the mean
 * distance to the others of its group and b that to the nearest other group; from −1 (in the wrong
 * group) to 1 (apart from all others).
 *
 * @see "P. J. Rousseeuw: Silhouettes, Journal of Computational and Applied Mathematics 20 (1987)"
 */
public final class Silhouette {
  private Silhouette() {}

  /**
   * The silhouettes {@code [count]}; 0 for the only one of its group, and for all if there is one
   * group.
   *
   * @param distances {@code [count, count]}
   * @param groups the number of each vector's group, from 0
   * @throws IllegalArgumentException if there isn't one group for each vector
   */
  public static double[] of(double[][] distances, int... groups) {
    if (groups.length != distances.length) {
      throw new IllegalArgumentException(
          "There are %d groups for %d vectors.".formatted(groups.length, distances.length));
    }
    var sizes = new int[Arrays.stream(groups).max().orElse(-1) + 1];
    for (var group : groups) {
      sizes[group]++;
    }
    var result = new double[groups.length];
    for (var i = 0; i < groups.length; i++) {
      result[i] = one(distances[i], groups, sizes, groups[i]);
    }
    return result;
  }

  private static double one(double[] row, int[] groups, int[] sizes, int own) {
    var sums = new double[sizes.length];
    for (var j = 0; j < row.length; j++) {
      sums[groups[j]] += row[j];
    }
    var nearest = Double.POSITIVE_INFINITY;
    for (var group = 0; group < sizes.length; group++) {
      if (group != own && sizes[group] > 0) {
        nearest = Math.min(nearest, sums[group] / sizes[group]);
      }
    }
    if (sizes[own] == 1 || Double.isInfinite(nearest)) {
      return 0;
    }
    // A vector's distance to itself is 0, and it isn't counted.
    var within = sums[own] / (sizes[own] - 1);
    var larger = Math.max(within, nearest);
    return larger == 0 ? 0 : (nearest - within) / larger;
  }
}
