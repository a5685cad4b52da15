package org.pellucid.explain.attribution.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Maps at other sizes. */
class UpsamplingTests {

  @Test
  void takesTheNearestPlace() {
    assertThat(Upsampling.NEAREST.of(new double[] {1, 2}, 1, 2, 2, 4))
        .containsExactly(1, 1, 2, 2, 1, 1, 2, 2);
    assertThat(Upsampling.NEAREST.of(new double[] {1, 2, 3}, 1, 3, 1, 5))
        .containsExactly(1, 1, 2, 2, 3);
  }

  @Test
  void weighsNeighboursByTheirDistance() {
    assertThat(Upsampling.BILINEAR.of(new double[] {0, 1}, 1, 2, 1, 4))
        .containsExactly(0, 0.25, 0.75, 1);
    assertThat(Upsampling.BILINEAR.of(new double[] {0, 2}, 2, 1, 4, 1))
        .containsExactly(0, 0.5, 1.5, 2);
    assertThat(Upsampling.BILINEAR.of(new double[] {7}, 1, 1, 2, 3))
        .containsExactly(7, 7, 7, 7, 7, 7);
  }

  /** Against the weights of all places, {@code max(0, 1 − distance)} with distances cut off. */
  @ParameterizedTest
  @CsvSource({"3, 5, 7, 11", "4, 4, 16, 16", "8, 6, 5, 4", "1, 7, 13, 3"})
  void isASumOverAllPlaces(int height, int width, int toHeight, int toWidth) {
    var random = new Random(1);
    var map = random.doubles((long) height * width).toArray();
    var found = Upsampling.BILINEAR.of(map, height, width, toHeight, toWidth);
    for (var y = 0; y < toHeight; y++) {
      for (var x = 0; x < toWidth; x++) {
        var sum = 0.0;
        for (var i = 0; i < map.length; i++) {
          sum +=
              map[i]
                  * weight(y, i / width, height, toHeight)
                  * weight(x, i % width, width, toWidth);
        }
        assertThat(found[y * toWidth + x]).isCloseTo(sum, within(1e-12));
      }
    }
  }

  private static double weight(int to, int from, int size, int toSize) {
    var centre = Math.clamp((to + 0.5) * size / toSize - 0.5, 0, size - 1.0);
    return Math.max(0, 1 - Math.abs(centre - from));
  }
}
