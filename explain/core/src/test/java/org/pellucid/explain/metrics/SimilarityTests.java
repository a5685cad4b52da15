package org.pellucid.explain.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Similarities of maps against plain definitions and known cases. */
class SimilarityTests {
  private static final int H = 11;
  private static final int W = 9;

  private static double[] random(long seed, boolean signed) {
    var random = new SplittableRandom(seed);
    var numbers = new double[H * W];
    Arrays.setAll(numbers, _ -> signed ? random.nextGaussian() : random.nextDouble());
    return numbers;
  }

  @Test
  void areOneForEqualMapsAndKnownForOpposites() {
    var map = random(1, true);
    var opposite = Arrays.stream(map).map(n -> -n).toArray();
    for (var similarity : Similarity.values()) {
      assertThat(similarity.of(map, map.clone(), H, W)).isEqualTo(1);
      assertThat(similarity.of(map, new double[H * W], H, W))
          .as(similarity.toString())
          .isCloseTo(0, within(0.01));
    }
    assertThat(Similarity.SPEARMAN.of(map, opposite, H, W)).isCloseTo(-1, within(1e-12));
    assertThat(Similarity.COSINE.of(map, opposite, H, W)).isCloseTo(-1, within(1e-12));
    var grown = Arrays.stream(map).map(n -> Math.exp(3 * n)).toArray();
    assertThat(Similarity.SPEARMAN.of(map, grown, H, W)).isCloseTo(1, within(1e-12));
  }

  /** Equal numbers have the mean of their ranks, as scipy has it. */
  @Test
  void ranksTiesByTheirMean() {
    assertThat(Correlation.ranks(new double[] {3, 1, 3, 0, 3, 1}))
        .containsExactly(5, 2.5, 5, 1, 5, 2.5);
    // By hand: ranks (1, 2.5, 2.5, 4) and (1, 2, 3, 4): cov 4.5, variances 4.5 and 5.
    assertThat(Correlation.spearman(new double[] {0, 1, 1, 2}, new double[] {1, 2, 3, 4}))
        .isCloseTo(4.5 / Math.sqrt(4.5 * 5), within(1e-12));
  }

  /** Two passes over each window, mean first. */
  @Test
  void structuralSimilarityIsThatOfItsDefinition() {
    for (var signed : new boolean[] {true, false}) {
      var a = random(2, signed);
      var b = random(3, signed);
      scale(a);
      scale(b);
      assertThat(StructuralSimilarity.of(a, b, H, W))
          .isCloseTo(plain(a, b, signed ? 2 : 1), within(1e-12));
      assertThat(Similarity.SSIM.of(a, b, H, W))
          .isCloseTo(plain(a, b, signed ? 2 : 1), within(1e-12));
    }
  }

  private static void scale(double[] numbers) {
    var largest = Arrays.stream(numbers).map(Math::abs).max().orElseThrow();
    Arrays.setAll(numbers, i -> numbers[i] / largest);
  }

  private static double plain(double[] a, double[] b, double range) {
    var total = 0.0;
    for (var y = 3; y < H - 3; y++) {
      for (var x = 3; x < W - 3; x++) {
        var meanA = 0.0;
        var meanB = 0.0;
        for (var i = 0; i < 49; i++) {
          var at = (y - 3 + i / 7) * W + x - 3 + i % 7;
          meanA += a[at] / 49;
          meanB += b[at] / 49;
        }
        var varianceA = 0.0;
        var varianceB = 0.0;
        var both = 0.0;
        for (var i = 0; i < 49; i++) {
          var at = (y - 3 + i / 7) * W + x - 3 + i % 7;
          varianceA += (a[at] - meanA) * (a[at] - meanA) / 48;
          varianceB += (b[at] - meanB) * (b[at] - meanB) / 48;
          both += (a[at] - meanA) * (b[at] - meanB) / 48;
        }
        var c1 = Math.pow(0.01 * range, 2);
        var c2 = Math.pow(0.03 * range, 2);
        total +=
            (2 * meanA * meanB + c1)
                * (2 * both + c2)
                / ((meanA * meanA + meanB * meanB + c1) * (varianceA + varianceB + c2));
      }
    }
    return total / ((H - 6) * (W - 6));
  }
}
