package org.pellucid.models.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.models.vision.GaussianBlur.Border;

/** The Gaussian filter against its two-dimensional sum. */
class GaussianBlurTests {

  @ParameterizedTest
  @CsvSource({
    "0.6, BLACK",
    "0.6, MIRRORED",
    "2.5, BLACK",
    "2.5, MIRRORED",
    "9, MIRRORED",
    "2.5, REPEATED"
  })
  void isAWeightedSumOverAllPlaces(double sigma, Border border) {
    var height = 5;
    var width = 8;
    var image = new Random(2).doubles(2L * height * width).toArray();
    var found = new GaussianBlur(sigma, border).of(image, height, width);
    var radius = (int) (4 * sigma + 0.5);
    for (var at = 0; at < found.length; at++) {
      var plane = at / (height * width) * height * width;
      var y = at % (height * width) / width;
      var x = at % width;
      var sum = 0.0;
      var weights = 0.0;
      for (var dy = -radius; dy <= radius; dy++) {
        for (var dx = -radius; dx <= radius; dx++) {
          var weight = Math.exp(-(dy * dy + dx * dx) / (2 * sigma * sigma));
          weights += weight;
          sum += weight * value(image, plane, y + dy, x + dx, height, width, border);
        }
      }
      assertThat(found[at]).isCloseTo(sum / weights, within(1e-12));
    }
  }

  private static double value(
      double[] image, int plane, int y, int x, int height, int width, Border border) {
    if (border == Border.BLACK) {
      return y < 0 || y >= height || x < 0 || x >= width ? 0 : image[plane + y * width + x];
    }
    if (border == Border.REPEATED) {
      var row = Math.clamp(y, 0, height - 1);
      return image[plane + row * width + Math.clamp(x, 0, width - 1)];
    }
    return image[plane + reflected(y, height) * width + reflected(x, width)];
  }

  private static int reflected(int position, int size) {
    var at = position;
    while (at < 0 || at >= size) {
      at = at < 0 ? -1 - at : 2 * size - 1 - at;
    }
    return at;
  }

  @Test
  void changesNothingWithoutAWidth() {
    var image = new double[] {1, 2, 3, 4};
    assertThat(new GaussianBlur(0, Border.BLACK).of(image, 2, 2)).containsExactly(image);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new GaussianBlur(-1, Border.BLACK))
        .withMessageContaining("-1.0 pixels");
  }
}
