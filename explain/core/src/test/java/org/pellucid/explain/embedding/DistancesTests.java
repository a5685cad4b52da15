package org.pellucid.explain.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class DistancesTests {
  private final float[] vectors = {3, 0, 0, 4, -6, 0, 0, 0};

  @Test
  void euclideanDistancesAreLengthsOfDifferences() {
    var table = Distances.euclidean(vectors, 4);
    assertThat(table[0]).containsExactly(0, 5, 9, 3);
    assertThat(table[1]).containsExactly(new double[] {5, 0, Math.sqrt(52), 4}, within(1e-15));
    assertThat(table[3]).containsExactly(3, 4, 6, 0);
  }

  @Test
  void cosinesLookAtDirectionsAlone() {
    var table = Distances.cosineSimilarity(vectors, 4);
    assertThat(table[0]).containsExactly(1, 0, -1, 0);
    assertThat(table[3]).containsExactly(0, 0, 0, 0);
    assertThat(Distances.cosine(vectors, 4)[0]).containsExactly(0, 1, 2, 1);
    double oblique = Distances.cosineSimilarity(new float[] {1, 2, 2, 2, 1, 2}, 2)[0][1];
    assertThat(oblique).isEqualTo(8.0 / 9, within(1e-15));
  }

  @Test
  void refusesWhatCannotBeDivided() {
    assertThatThrownBy(() -> Distances.euclidean(vectors, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("8 numbers");
    assertThatThrownBy(() -> Distances.cosineSimilarity(new float[0], 1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
