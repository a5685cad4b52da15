package org.pellucid.explain.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class UmapTests {
  private static final int EACH = 12;

  private final float[] vectors = PointClouds.of(3, EACH, 4);
  private final double[][] distances = Distances.euclidean(vectors, 3 * EACH);
  private final double[][] start = PrincipalComponents.of(vectors, 3 * EACH, 2).scores();

  @Test
  void strengthsSumToTheBinaryLogarithmOfTheirNumber() {
    var strengths = Umap.strengths(1, 2, 2.5, 4, 7, 7, 8, 9);
    assertThat(strengths[0]).isEqualTo(1);
    assertThat(DoubleStream.of(strengths).sum()).isCloseTo(3, within(1e-9));
    assertThat(strengths).isSortedAccordingTo((a, b) -> Double.compare(b, a));
  }

  @Test
  void graphIsSymmetricAndKeepsToTheNeighbours() {
    var graph = new Umap(3, 10, 0).graph(distances);
    for (var i = 0; i < graph.length; i++) {
      for (var j = 0; j < graph.length; j++) {
        assertThat(graph[i][j]).isBetween(0.0, 1.0).isEqualTo(graph[j][i], within(1e-15));
        if (i / EACH != j / EACH) {
          assertThat(graph[i][j]).isZero();
        }
      }
    }
  }

  /** The two numbers fit the curve best: its squared error has no slope there. */
  @Test
  void curveIsTheBestOfItsKind() {
    var step = 1e-4;
    var slopeA = (error(Umap.A + step, Umap.B) - error(Umap.A - step, Umap.B)) / (2 * step);
    var slopeB = (error(Umap.A, Umap.B + step) - error(Umap.A, Umap.B - step)) / (2 * step);
    assertThat(slopeA).isCloseTo(0, within(1e-4));
    assertThat(slopeB).isCloseTo(0, within(1e-4));
  }

  /** Over 300 distances from 0 to 3, as the authors' program takes them. */
  private static double error(double a, double b) {
    var sum = 0.0;
    for (var i = 0; i < 300; i++) {
      var distance = 3.0 * i / 299;
      var wanted = distance < 0.1 ? 1 : Math.exp(0.1 - distance);
      var difference = 1 / (1 + a * Math.pow(distance, 2 * b)) - wanted;
      sum += difference * difference;
    }
    return sum;
  }

  @Test
  void keepsCloudsApartAndDependsOnTheSeedAlone() {
    var places = Umap.STANDARD.places(distances, start);
    assertThat(PointClouds.purity(places, EACH)).isEqualTo(1);
    assertThat(Umap.STANDARD.places(distances, start)).isDeepEqualTo(places);
    assertThat(new Umap(15, 500, 1).places(distances, start)[0]).isNotEqualTo(places[0]);
  }

  @Test
  void takesFewAndEqualVectors() {
    assertThat(Umap.STANDARD.places(new double[1][1], new double[1][2])).hasDimensions(1, 2);
    var equal = Umap.STANDARD.places(new double[4][4], new double[4][2]);
    assertThat(Arrays.stream(equal).flatMapToDouble(Arrays::stream)).containsOnly(0.0);
  }
}
