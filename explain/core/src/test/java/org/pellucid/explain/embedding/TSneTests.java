package org.pellucid.explain.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TSneTests {
  private static final int EACH = 12;

  private final float[] vectors = PointClouds.of(3, EACH, 1);
  private final double[][] distances = Distances.euclidean(vectors, 3 * EACH);

  private double[][] start() {
    return PrincipalComponents.of(vectors, 3 * EACH, 2).scores();
  }

  /** With conditional p of row i, 2^entropy is the perplexity; p is symmetric and sums to one. */
  @Test
  void affinitiesHaveThePerplexity() {
    // All neighbours at one distance: whatever the perplexity, each has the same share.
    var corners = new double[][] {{0, 1, 1}, {1, 0, 1}, {1, 1, 0}};
    for (var row : TSne.affinities(corners, 2)) {
      assertThat(Arrays.stream(row).filter(value -> value > 0).toArray())
          .containsOnly(new double[] {1.0 / 6}, within(1e-12));
    }
    var affinities = TSne.affinities(distances, 5);
    var sum = Arrays.stream(affinities).flatMapToDouble(Arrays::stream).sum();
    assertThat(sum).isCloseTo(1, within(1e-12));
    for (var i = 0; i < affinities.length; i++) {
      for (var j = 0; j < i; j++) {
        assertThat(affinities[i][j]).isEqualTo(affinities[j][i]);
      }
    }
  }

  @Test
  void gradientIsTheDifferenceQuotientOfTheDivergence() {
    var affinities = TSne.affinities(distances, 5);
    var random = new Random(2);
    var places = new double[3 * EACH][2];
    for (var row : places) {
      row[0] = random.nextGaussian();
      row[1] = random.nextGaussian();
    }
    var gradient = TSne.gradient(affinities, places, 1);
    var step = 1e-5;
    for (var i = 0; i < places.length; i++) {
      for (var k = 0; k < 2; k++) {
        var before = places[i][k];
        places[i][k] = before + step;
        var above = TSne.divergence(affinities, places);
        places[i][k] = before - step;
        var below = TSne.divergence(affinities, places);
        places[i][k] = before;
        // Central differences err by the step's square and by rounding over the step.
        assertThat(gradient[i][k]).isCloseTo((above - below) / (2 * step), within(1e-9));
      }
    }
  }

  @Test
  void keepsCloudsApartAndIsAlwaysTheSame() {
    var places = TSne.STANDARD.places(distances, start());
    assertThat(PointClouds.purity(places, EACH)).isEqualTo(1);
    assertThat(TSne.STANDARD.places(distances, start())).isDeepEqualTo(places);
    var affinities = TSne.affinities(distances, (3 * EACH - 1) / 3.0);
    assertThat(TSne.divergence(affinities, places))
        .isLessThan(0.5 * TSne.divergence(affinities, start()));
  }

  @Test
  void takesFewAndEqualVectors() {
    assertThat(TSne.STANDARD.places(new double[1][1], new double[1][2])).hasDimensions(1, 2);
    var equal = TSne.STANDARD.places(new double[4][4], new double[4][2]);
    assertThat(Arrays.stream(equal).flatMapToDouble(Arrays::stream)).containsOnly(0.0);
  }
}
