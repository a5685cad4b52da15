package org.pellucid.explain.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SilhouetteTests {
  /** Points 0, 1, 4, 9 on a line. */
  private final double[][] table = {{0, 1, 4, 9}, {1, 0, 3, 8}, {4, 3, 0, 5}, {9, 8, 5, 0}};

  @Test
  void comparesTheOwnGroupWithTheNearestOther() {
    var found = Silhouette.of(table, 0, 0, 1, 1);
    // Of point 0: (6.5 − 1) / 6.5; of point 4: (3.5 − 5) / 5.
    assertThat(found)
        .containsExactly(new double[] {5.5 / 6.5, 4.5 / 5.5, -1.5 / 5, 3.5 / 8.5}, within(1e-15));
  }

  @Test
  void isNothingForGroupsOfOneAndForASingleGroup() {
    assertThat(Silhouette.of(table, 0, 0, 0, 2)[3]).isZero();
    assertThat(Silhouette.of(table, 1, 1, 1, 1)).containsOnly(0);
    assertThat(Silhouette.of(new double[2][2], 0, 1)).containsOnly(0);
  }

  @Test
  void refusesAnotherNumberOfGroups() {
    assertThatIllegalArgumentException().isThrownBy(() -> Silhouette.of(table, 0, 1));
  }
}
