package org.pellucid.explain.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class LayerEmbeddingsTests {
  private static final int COUNT = 24;

  private final List<float[]> layers =
      List.of(PointClouds.of(3, 8, 1), PointClouds.of(3, 8, 2), PointClouds.of(3, 8, 3));
  private final LayerEmbeddings found =
      LayerEmbeddings.of(layers, COUNT, (euclidean, _) -> new double[] {euclidean[0][1]}, 0);

  @Test
  void principalComponentsFollowTheLayerBefore() {
    var places = found.projections().get(ProjectionMethod.PCA).places();
    for (var layer = 1; layer < layers.size(); layer++) {
      for (var k = 0; k < 3; k++) {
        var product = 0.0;
        for (var i = 0; i < COUNT; i++) {
          product += places[layer][i][k] * places[layer - 1][i][k];
        }
        assertThat(product).isNotNegative();
      }
    }
  }

  /** In one basis the difference of two layers' places is the projection of their difference. */
  @Test
  void oneBasisServesAllLayers() {
    var shared = found.projections().get(ProjectionMethod.PCA_SHARED);
    var all = new float[layers.size() * layers.getFirst().length];
    for (var layer = 0; layer < layers.size(); layer++) {
      System.arraycopy(
          layers.get(layer), 0, all, layer * COUNT * PointClouds.WIDTH, COUNT * PointClouds.WIDTH);
    }
    var whole = PrincipalComponents.of(all, layers.size() * COUNT, 3);
    for (var i = 0; i < COUNT; i++) {
      for (var k = 0; k < 3; k++) {
        var product = 0.0;
        for (var j = 0; j < PointClouds.WIDTH; j++) {
          var difference =
              layers.get(2)[i * PointClouds.WIDTH + j] - layers.get(0)[i * PointClouds.WIDTH + j];
          product += whole.directions()[k][j] * difference;
        }
        // The differences were taken in single precision, of numbers up to 20.
        assertThat(shared.places()[2][i][k] - shared.places()[0][i][k])
            .isCloseTo(product, within(1e-5));
      }
    }
    for (var shares : shared.explained()) {
      assertThat(shares[0] + shares[1] + shares[2]).isBetween(0.8, 1.0);
    }
  }

  @Test
  void turningKeepsDistancesAndBringsLayersTogether() {
    var target = new double[][] {{0, 0}, {1, 0}, {0, 3}, {5, 1}};
    var mirrored = new double[4][];
    for (var i = 0; i < 4; i++) {
      var x = target[i][0];
      var y = -target[i][1];
      mirrored[i] = new double[] {x * 0.6 - y * 0.8 + 7, x * 0.8 + y * 0.6 - 2};
    }
    var turned = PlaneAlignment.onto(mirrored, target);
    for (var i = 0; i < 4; i++) {
      assertThat(turned[i][0]).isCloseTo(target[i][0] - 1.5, within(1e-12));
      assertThat(turned[i][1]).isCloseTo(target[i][1] - 1, within(1e-12));
    }
  }

  @Test
  void driftsFromTheFirstLayerAndFromTheOneBefore() {
    assertThat(found.toFirst()[0]).containsOnly(1.0);
    assertThat(found.toBefore()[1]).isEqualTo(found.toFirst()[1]);
    var both = new float[2 * PointClouds.WIDTH];
    System.arraycopy(layers.get(2), 0, both, 0, PointClouds.WIDTH);
    System.arraycopy(layers.get(1), 0, both, PointClouds.WIDTH, PointClouds.WIDTH);
    assertThat(found.toBefore()[2][0])
        .isCloseTo(Distances.cosineSimilarity(both, 2)[0][1], within(1e-15));
  }

  @Test
  void neighboursAndMeasuresAreOfTheWholeSpace() {
    var table = Distances.euclidean(layers.get(1), COUNT);
    assertThat(found.euclidean().get(1).indices())
        .isDeepEqualTo(NearestNeighbours.of(table, LayerEmbeddings.NEIGHBOURS).indices());
    assertThat(found.measures().get(1)).containsExactly(table[0][1]);
  }

  @Test
  void givesUpWhenInterrupted() {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(
              () -> LayerEmbeddings.of(List.of(layers.get(0)), COUNT, (_, _) -> new double[0], 0))
          .isInstanceOf(CancellationException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
