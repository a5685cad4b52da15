package org.pellucid.explain.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class NearestNeighboursTests {
  private final double[][] table = {{0, 3, 1, 3}, {3, 0, 2, 5}, {1, 2, 0, 4}, {3, 5, 4, 0}};

  @Test
  void listsTheOthersNearestFirstAndTiesInOrder() {
    var found = NearestNeighbours.of(table, 3);
    assertThat(found.indices()[0]).containsExactly(2, 1, 3);
    assertThat(found.distances()[0]).containsExactly(1, 3, 3);
    assertThat(found.indices()[3]).containsExactly(0, 2, 1);
  }

  @Test
  void hasAtMostAllOthers() {
    assertThat(NearestNeighbours.of(table, 9).indices()[1]).containsExactly(2, 0, 3);
    assertThat(NearestNeighbours.of(new double[1][1], 2).indices()[0]).isEmpty();
    assertThatIllegalArgumentException().isThrownBy(() -> NearestNeighbours.of(table, -1));
  }
}
