package org.pellucid.explain.text;

import java.util.Arrays;

/**
 * Mean distances or similarities within and between groups at every layer.
 *
 * @param within of each group's pairs {@code [groups][layers + 1]}; empty for a group of one
 * @param allWithin of all pairs within groups {@code [layers + 1]}; empty if there are none
 * @param between of all pairs of different groups {@code [layers + 1]}; empty if there are none
 */
public record GroupMeans(double[][] within, double[] allWithin, double[] between) {
  private interface Pairs {
    boolean include(int i, int j);
  }

  /**
   * The means of each layer's table.
   *
   * @param tables {@code [layers + 1][count][count]}
   */
  static GroupMeans of(double[][][] tables, SentenceGroups groups) {
    var numbers = groups.numbers();
    var within = new double[groups.names().size()][];
    for (var group = 0; group < within.length; group++) {
      var own = group;
      within[group] = means(tables, (i, j) -> numbers[i] == own && numbers[j] == own);
    }
    return new GroupMeans(
        within,
        means(tables, (i, j) -> numbers[i] == numbers[j]),
        means(tables, (i, j) -> numbers[i] != numbers[j]));
  }

  private static double[] means(double[][][] tables, Pairs pairs) {
    var means = Arrays.stream(tables).mapToDouble(table -> mean(table, pairs)).toArray();
    return Arrays.stream(means).allMatch(Double::isFinite) ? means : new double[0];
  }

  private static double mean(double[][] table, Pairs pairs) {
    var sum = 0.0;
    var count = 0;
    for (var i = 0; i < table.length; i++) {
      for (var j = 0; j < i; j++) {
        if (pairs.include(i, j)) {
          sum += table[i][j];
          count++;
        }
      }
    }
    return sum / count;
  }
}
