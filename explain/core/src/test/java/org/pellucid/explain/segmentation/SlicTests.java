package org.pellucid.explain.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlicTests {
  @Test
  void keepsTwoColoursApart() {
    int side = 48;
    int edge = 21;
    var image = new float[3 * side * side];
    for (int pixel = 0; pixel < side * side; pixel++) {
      boolean left = pixel % side < edge;
      image[pixel] = left ? 1 : 0;
      image[2 * side * side + pixel] = left ? 0 : 1;
    }
    var pieces = new Slic(20, 1, 0, 1).segment(image, side, side);

    var leftPieces = new HashSet<Integer>();
    var rightPieces = new HashSet<Integer>();
    for (int pixel = 0; pixel < side * side; pixel++) {
      (pixel % side < edge ? leftPieces : rightPieces).add(pieces.label(pixel));
    }
    assertThat(leftPieces).doesNotContainAnyElementsOf(rightPieces);
    assertThat(leftPieces.size() + rightPieces.size()).isEqualTo(pieces.count());
    assertThat(pieces.count()).isBetween(4, 40);
  }

  @ParameterizedTest
  @CsvSource({"40, 30, 25", "7, 90, 12", "90, 7, 12", "1, 50, 5", "5, 5, 100", "1, 1, 1"})
  void piecesAreConnectedAndNumberedWithoutAGap(int height, int width, int segments) {
    var image = noise(height, width);
    for (int start : new int[] {0, 1}) {
      var pieces = new Slic(segments, 10, 1, start).segment(image, height, width);
      assertThat(pieces.firstLabel()).isEqualTo(start);
      assertThat(connectedComponents(pieces)).isEqualTo(pieces.count());
    }
  }

  @Test
  void aGreyImageGivesTheGrid() {
    int side = 40;
    var image = new float[3 * side * side];
    Arrays.fill(image, 0.5f);
    var pieces = new Slic(16, 10, 1, 0).segment(image, side, side);
    for (int row = 0; row < 4; row++) {
      for (int column = 0; column < 4; column++) {
        int middle = (10 * row + 5) * side + 10 * column + 5;
        assertThat(pieces.label(middle)).isEqualTo(4 * row + column);
      }
    }
    assertThat(pieces.count()).isEqualTo(16);
  }

  @Test
  void startLabelOnlyShiftsTheNumbers() {
    var image = noise(33, 47);
    var fromZero = new Slic(30, 5, 1, 0).segment(image, 33, 47).labels();
    var fromOne = new Slic(30, 5, 1, 1).segment(image, 33, 47).labels();
    for (int pixel = 0; pixel < fromZero.length; pixel++) {
      assertThat(fromOne[pixel]).isEqualTo(fromZero[pixel] + 1);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesAnImpossibleCompactness(double compactness) {
    assertThatThrownBy(() -> new Slic(10, compactness, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("compactness");
  }

  @Test
  void refusesAnImageOfAnotherSizeOrWithoutNumbers() {
    var slic = Slic.homework();
    assertThatThrownBy(() -> slic.segment(new float[13], 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("13");
    assertThatThrownBy(() -> slic.segment(new float[] {0, Float.NaN, 1}, 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("finite");
  }

  private static float[] noise(int height, int width) {
    var random = new Random(7);
    var image = new float[3 * height * width];
    for (int i = 0; i < image.length; i++) {
      image[i] = random.nextFloat();
    }
    return image;
  }

  private static int connectedComponents(Superpixels pieces) {
    int width = pieces.width();
    var seen = new boolean[pieces.height() * width];
    int components = 0;
    for (int start = 0; start < seen.length; start++) {
      if (seen[start]) {
        continue;
      }
      components++;
      var open = new ArrayDeque<Integer>();
      open.add(start);
      seen[start] = true;
      while (!open.isEmpty()) {
        int pixel = open.remove();
        for (int[] move : new int[][] {{0, 1}, {0, -1}, {1, 0}, {-1, 0}}) {
          int row = pixel / width + move[0];
          int column = pixel % width + move[1];
          int there = row * width + column;
          if (row >= 0
              && row < pieces.height()
              && column >= 0
              && column < width
              && !seen[there]
              && pieces.label(there) == pieces.label(start)) {
            seen[there] = true;
            open.add(there);
          }
        }
      }
    }
    return components;
  }
}
