package org.pellucid.explain.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("numeric")
class PrincipalComponentsTests {
  /** Rounding errors of sums of some hundred terms of size 1. */
  private static final double ROUNDING = 1e-10;

  @ParameterizedTest
  @CsvSource({"12, 30", "30, 12", "9, 9", "2, 5", "40, 1"})
  void directionsAreOrthonormalAndScoresUncorrelated(int count, int width) {
    int components = Math.min(count - 1, width);
    var found = PrincipalComponents.of(vectors(count, width), count, components);
    for (int i = 0; i < components; i++) {
      for (int j = 0; j < components; j++) {
        assertThat(product(found.directions()[i], found.directions()[j]))
            .isEqualTo(i == j ? 1 : 0, within(ROUNDING));
        assertThat(product(column(found, i), column(found, j)))
            .isEqualTo(i == j ? (count - 1) * found.explainedVariance()[i] : 0, within(ROUNDING));
      }
    }
    for (int k = 1; k < components; k++) {
      assertThat(found.explainedVariance()[k])
          .isLessThanOrEqualTo(found.explainedVariance()[k - 1]);
    }
  }

  @ParameterizedTest
  @CsvSource({"12, 30", "30, 12", "9, 9"})
  void allComponentsExplainAllVarianceAndRestoreTheVectors(int count, int width) {
    var vectors = vectors(count, width);
    int components = Math.min(count, width);
    var found = PrincipalComponents.of(vectors, count, components);
    assertThat(Arrays.stream(found.explainedVarianceRatio()).sum()).isEqualTo(1, within(ROUNDING));
    double variance = 0;
    for (int i = 0; i < vectors.length; i++) {
      double restored = found.means()[i % width];
      for (int k = 0; k < components; k++) {
        restored += found.scores()[i / width][k] * found.directions()[k][i % width];
      }
      assertThat(restored).isEqualTo(vectors[i], within(ROUNDING));
      variance += Math.pow(vectors[i] - found.means()[i % width], 2) / (count - 1);
    }
    assertThat(Arrays.stream(found.explainedVariance()).sum())
        .isEqualTo(variance, within(ROUNDING));
  }

  @Test
  void findsTheLineOnWhichPointsLie() {
    var found = PrincipalComponents.of(new float[] {0, 0, 3, 4, 6, 8, 9, 12}, 4, 2);
    assertThat(found.explainedVarianceRatio()[0]).isEqualTo(1, within(1e-14));
    assertThat(Math.abs(found.directions()[0][0])).isEqualTo(0.6, within(1e-14));
    assertThat(Math.abs(found.scores()[3][0])).isEqualTo(7.5, within(1e-13));
    assertThat(found.explainedVarianceRatio()[1]).isZero();
    assertThat(found.scores()[3][1]).isZero();
  }

  @Test
  void theLargestScoreIsPositive() {
    var found = PrincipalComponents.of(vectors(20, 50), 20, 3);
    for (int k = 0; k < 3; k++) {
      var scores = column(found, k);
      assertThat(Arrays.stream(scores).max().getAsDouble())
          .isGreaterThan(-Arrays.stream(scores).min().getAsDouble());
    }
  }

  @Test
  void signsFollowTheLayerBefore() {
    var vectors = vectors(20, 50);
    var before = PrincipalComponents.of(vectors, 20, 2);
    var opposite = vectors.clone();
    for (int i = 0; i < opposite.length; i++) {
      opposite[i] *= -1;
    }
    var aligned = PrincipalComponents.of(opposite, 20, 2).alignedTo(before);
    for (int k = 0; k < 2; k++) {
      assertThat(column(aligned, k)).containsExactly(column(before, k), within(ROUNDING));
      assertThat(product(aligned.directions()[k], before.directions()[k]))
          .isEqualTo(-1, within(ROUNDING));
    }
    assertThatThrownBy(() -> before.alignedTo(PrincipalComponents.of(vectors, 10, 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("20 vectors");
  }

  @Test
  void equalVectorsHaveNoDirection() {
    var found = PrincipalComponents.of(new float[] {1, 2, 3, 1, 2, 3}, 2, 2);
    assertThat(found.scores()[1]).containsExactly(0, 0);
    assertThat(found.explainedVarianceRatio()).containsExactly(0, 0);
    assertThat(PrincipalComponents.of(new float[] {5, 6}, 1, 2).scores()[0]).containsExactly(0, 0);
  }

  @Test
  void eigenvectorsOfADegenerateMatrixAreOrthonormal() {
    int n = 60;
    var matrix = new double[n][n];
    for (int i = 0; i < n; i++) {
      Arrays.fill(matrix[i], 1);
      matrix[i][i] = 3;
    }
    var eigen = new SymmetricEigen(matrix);
    assertThat(eigen.value(0)).isEqualTo(n + 2, within(ROUNDING));
    for (int i = 0; i < n; i++) {
      assertThat(eigen.value(i)).isEqualTo(i == 0 ? n + 2 : 2, within(ROUNDING));
      for (int j = 0; j <= i; j++) {
        assertThat(product(eigen.vector(i), eigen.vector(j)))
            .isEqualTo(i == j ? 1 : 0, within(ROUNDING));
      }
    }
  }

  @Test
  void refusesWhatCannotBeDivided() {
    assertThatThrownBy(() -> PrincipalComponents.of(new float[7], 2, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("7 numbers");
    assertThatThrownBy(() -> PrincipalComponents.of(new float[] {1, Float.NaN}, 2, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("vector 1");
  }

  private static float[] vectors(int count, int width) {
    var random = new Random(count * 1000L + width);
    var vectors = new float[count * width];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = (float) random.nextGaussian();
    }
    return vectors;
  }

  private static double[] column(PrincipalComponents found, int k) {
    return Arrays.stream(found.scores()).mapToDouble(row -> row[k]).toArray();
  }

  private static double product(double[] first, double[] second) {
    double sum = 0;
    for (int i = 0; i < first.length; i++) {
      sum += first[i] * second[i];
    }
    return sum;
  }
}
