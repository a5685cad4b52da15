package org.pellucid.explain.embedding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Hierarchical clustering by average linkage: the two clusters with the least mean distance between
 * their members are merged, until one is left.
 *
 * @param count the number of vectors
 * @param merges in the order in which they were made, {@code count - 1}
 * @see "R. R. Sokal and C. D. Michener: A statistical method for evaluating systematic
 *     relationships (1958)"
 */
public record AverageLinkage(int count, List<Merge> merges) {
  /**
   * Two clusters that become one.
   *
   * @param first a vector's index, or {@code count + i} for the cluster of merge i
   * @param second the other, which begins after the first one's lowest vector
   * @param distance mean distance between members of the two
   */
  public record Merge(int first, int second, double distance) {}

  /** Copies the list. */
  public AverageLinkage {
    merges = List.copyOf(merges);
  }

  /**
   * Clusters by a symmetric table of distances; of equal ones the first pair is merged.
   *
   * @param distances {@code [count, count]}
   */
  public static AverageLinkage of(double[][] distances) {
    var count = distances.length;
    var between = Arrays.stream(distances).map(double[]::clone).toArray(double[][]::new);
    var names = IntStream.range(0, count).toArray();
    var sizes = new int[count];
    Arrays.fill(sizes, 1);
    var merges = new ArrayList<Merge>();
    for (var step = 0; step < count - 1; step++) {
      var pair = closest(between, sizes);
      var a = pair[0];
      var b = pair[1];
      merges.add(new Merge(names[a], names[b], between[a][b]));
      for (var c = 0; c < count; c++) {
        var mean = (sizes[a] * between[a][c] + sizes[b] * between[b][c]) / (sizes[a] + sizes[b]);
        between[a][c] = mean;
        between[c][a] = mean;
      }
      names[a] = count + step;
      sizes[a] += sizes[b];
      sizes[b] = 0;
    }
    return new AverageLinkage(count, merges);
  }

  /** A cluster stands in the place of its lowest vector; places of size 0 are gone. */
  private static int[] closest(double[][] between, int[] sizes) {
    var best = new int[2];
    var least = Double.POSITIVE_INFINITY;
    for (var a = 0; a < sizes.length; a++) {
      for (var b = a + 1; b < sizes.length; b++) {
        if (sizes[a] > 0 && sizes[b] > 0 && between[a][b] < least) {
          least = between[a][b];
          best = new int[] {a, b};
        }
      }
    }
    return best;
  }

  /**
   * The vectors' groups when so many are left; groups are numbered in the order of their lowest
   * vector.
   *
   * @throws IllegalArgumentException if the number of groups is not in 1..count
   */
  public int[] groups(int number) {
    if (number < 1 || number > count) {
      throw new IllegalArgumentException(
          "%d vectors can't be divided into %d groups.".formatted(count, number));
    }
    var parents = IntStream.range(0, 2 * count).toArray();
    for (var i = 0; i < count - number; i++) {
      parents[merges.get(i).first()] = count + i;
      parents[merges.get(i).second()] = count + i;
    }
    var numbers = new int[2 * count];
    Arrays.fill(numbers, -1);
    var next = 0;
    var groups = new int[count];
    for (var i = 0; i < count; i++) {
      var top = i;
      while (parents[top] != top) {
        top = parents[top];
      }
      if (numbers[top] < 0) {
        numbers[top] = next++;
      }
      groups[i] = numbers[top];
    }
    return groups;
  }

  /**
   * The groups with the largest mean silhouette, among two groups to as many as given.
   *
   * @param distances the table that was clustered
   * @param most at least 2; fewer if there are fewer vectors
   */
  public int[] bestGroups(double[][] distances, int most) {
    var best = new int[count];
    var highest = Double.NEGATIVE_INFINITY;
    for (var number = 2; number <= Math.min(most, count - 1); number++) {
      var groups = groups(number);
      var mean = Arrays.stream(Silhouette.of(distances, groups)).average().orElseThrow();
      if (mean > highest) {
        highest = mean;
        best = groups;
      }
    }
    return best;
  }

  /** The vectors in an order in which no two branches of the tree cross. */
  public int[] leafOrder() {
    var order = new int[count];
    collect(count == 1 ? 0 : 2 * count - 2, order, 0);
    return order;
  }

  private int collect(int node, int[] order, int at) {
    if (count == 0) {
      return 0;
    }
    if (node < count) {
      order[at] = node;
      return at + 1;
    }
    var merge = merges.get(node - count);
    return collect(merge.second(), order, collect(merge.first(), order, at));
  }
}
