package org.pellucid.explain.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AverageLinkageTests {
  private static double[][] line(double... points) {
    var table = new double[points.length][points.length];
    for (var i = 0; i < points.length; i++) {
      for (var j = 0; j < points.length; j++) {
        table[i][j] = Math.abs(points[i] - points[j]);
      }
    }
    return table;
  }

  @Test
  void mergesTheNearestByTheirMeanDistance() {
    var tree = AverageLinkage.of(line(0, 10, 1, 12));
    assertThat(tree.merges())
        .containsExactly(
            new AverageLinkage.Merge(0, 2, 1),
            new AverageLinkage.Merge(1, 3, 2),
            new AverageLinkage.Merge(4, 5, 10.5));
    assertThat(tree.leafOrder()).containsExactly(0, 2, 1, 3);
    assertThat(tree.groups(2)).containsExactly(0, 1, 0, 1);
    assertThat(tree.groups(3)).containsExactly(0, 1, 0, 2);
    assertThat(tree.groups(4)).containsExactly(0, 1, 2, 3);
    assertThat(tree.groups(1)).containsOnly(0);
  }

  /** Each merge's distance is the mean over the pairs of the two clusters, computed slowly. */
  @Test
  void keepsTheMeanOfAllPairs() {
    var random = new Random(3);
    var points = random.doubles(12, 0, 100).toArray();
    var table = line(points);
    var tree = AverageLinkage.of(table);
    var last = tree.merges().getLast();
    var groups = tree.groups(2);
    var mean =
        IntStream.range(0, 144)
            .filter(pair -> groups[pair / 12] == 0 && groups[pair % 12] == 1)
            .mapToDouble(pair -> table[pair / 12][pair % 12])
            .average()
            .orElseThrow();
    assertThat(last.distance()).isCloseTo(mean, within(1e-12));
  }

  @Test
  void findsTheNumberOfGroups() {
    var table = line(0, 1, 2, 20, 21, 22, 50, 51);
    assertThat(AverageLinkage.of(table).bestGroups(table, 5))
        .containsExactly(0, 0, 0, 1, 1, 1, 2, 2);
  }

  @Test
  void takesOneAndTwoVectors() {
    var one = AverageLinkage.of(line(3));
    assertThat(one.merges()).isEmpty();
    assertThat(one.leafOrder()).containsExactly(0);
    assertThat(one.bestGroups(line(3), 6)).containsExactly(0);
    assertThat(AverageLinkage.of(line(1, 2)).bestGroups(line(1, 2), 6)).containsExactly(0, 0);
    assertThatIllegalArgumentException().isThrownBy(() -> one.groups(2));
  }
}
