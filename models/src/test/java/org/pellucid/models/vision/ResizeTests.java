package org.pellucid.models.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResizeTests {
  private static Picture random(int width, int height) {
    var samples = new byte[width * height * Picture.CHANNELS];
    new Random(width * 31L + height).nextBytes(samples);
    return Picture.of(width, height, samples);
  }

  /** One axis by the definition: a triangle filter in exact weights, rounded to 8 bits. */
  private static double[][] rowsResized(double[][] rows, int size) {
    var result = new double[rows.length][size];
    var scale = (double) rows[0].length / size;
    var reach = Math.max(scale, 1);
    for (var r = 0; r < rows.length; r++) {
      for (var i = 0; i < size; i++) {
        var center = (i + 0.5) * scale;
        var sum = 0.0;
        var total = 0.0;
        for (var j = 0; j < rows[r].length; j++) {
          var weight = Math.max(0, 1 - Math.abs(j + 0.5 - center) / reach);
          sum += weight * rows[r][j];
          total += weight;
        }
        result[r][i] = Math.floor(sum / total + 0.5);
      }
    }
    return result;
  }

  private static double[][] transposed(double[][] rows) {
    var result = new double[rows[0].length][rows.length];
    for (var r = 0; r < rows.length; r++) {
      for (var c = 0; c < rows[0].length; c++) {
        result[c][r] = rows[r][c];
      }
    }
    return result;
  }

  @ParameterizedTest
  @CsvSource({"1,1,5,3", "7,5,3,2", "13,1,4,9", "31,17,16,16", "64,48,128,96", "200,3,1,1"})
  void equalsTheDefinition(int width, int height, int toWidth, int toHeight) {
    var picture = random(width, height);
    var resized = Resize.bilinear(picture, toWidth, toHeight);
    var differing = 0;
    for (var channel = 0; channel < Picture.CHANNELS; channel++) {
      var rows = new double[height][width];
      for (var y = 0; y < height; y++) {
        for (var x = 0; x < width; x++) {
          rows[y][x] = picture.sample(x, y, channel);
        }
      }
      var expected = transposed(rowsResized(transposed(rowsResized(rows, toWidth)), toHeight));
      for (var y = 0; y < toHeight; y++) {
        for (var x = 0; x < toWidth; x++) {
          var difference = Math.abs(resized.sample(x, y, channel) - expected[y][x]);
          // A sum that lies on a half may fall either way in 22-bit weights.
          assertThat(difference).isLessThanOrEqualTo(1);
          differing += difference > 0 ? 1 : 0;
        }
      }
    }
    assertThat(differing).isLessThanOrEqualTo(Math.max(3, toWidth * toHeight * 3 / 100));
  }

  @Test
  void leavesAPictureOfTheRightSizeAlone() {
    var picture = random(4, 3);
    assertThat(Resize.bilinear(picture, 4, 3)).isSameAs(picture);
  }

  @Test
  void resizesFloatsByTheSameWeights() {
    var picture = random(20, 14);
    var bytes = Resize.bilinear(picture, 9, 6).toFloats();
    var floats = Resize.bilinear(picture.toFloats(), 20, 14, 9, 6);
    for (var i = 0; i < bytes.length; i++) {
      // Two roundings to 8 bits lie between them.
      assertThat(Math.abs(bytes[i] - floats[i])).isLessThanOrEqualTo(1.01f / 255);
    }
  }

  @Test
  void refusesASizeWithoutPixels() {
    assertThatThrownBy(() -> Resize.bilinear(random(2, 2), 0, 4))
        .hasMessage("cannot resize to 0 x 4 pixels, at least 1 x 1 is needed");
  }
}
