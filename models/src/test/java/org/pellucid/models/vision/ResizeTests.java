package org.pellucid.models.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResizeTests {
  private static Image random(int width, int height) {
    var samples = new byte[width * height * Image.CHANNELS];
    new Random(width * 31L + height).nextBytes(samples);
    return Image.of(width, height, samples);
  }

  /** One output value by the definition: a triangle filter in exact weights, not yet rounded. */
  private static double filtered(double[] line, int size, int position) {
    var scale = (double) line.length / size;
    var reach = Math.max(scale, 1);
    var center = (position + 0.5) * scale;
    var sum = 0.0;
    var total = 0.0;
    for (var j = 0; j < line.length; j++) {
      var weight = Math.max(0, 1 - Math.abs(j + 0.5 - center) / reach);
      sum += weight * line[j];
      total += weight;
    }
    return sum / total;
  }

  /**
   * A sum on a half may fall either way in 22-bit weights, which are off by up to 1e-4 together.
   */
  private static void checkRounded(int actual, double exact) {
    var fraction = exact - Math.floor(exact);
    if (Math.abs(fraction - 0.5) > 1e-4) {
      assertThat(actual).isEqualTo((int) Math.floor(exact + 0.5));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,5", "7,3", "13,4", "31,16", "17,16", "64,128", "200,1", "1300,128"})
  void equalsTheDefinitionAlongEachAxis(int from, int to) {
    var wide = random(from, 3);
    var narrowed = Resize.bilinear(wide, to, 3);
    var tall = random(3, from);
    var lowered = Resize.bilinear(tall, 3, to);
    for (var channel = 0; channel < Image.CHANNELS; channel++) {
      for (var line = 0; line < 3; line++) {
        var row = new double[from];
        var column = new double[from];
        for (var i = 0; i < from; i++) {
          row[i] = wide.sample(i, line, channel);
          column[i] = tall.sample(line, i, channel);
        }
        for (var i = 0; i < to; i++) {
          checkRounded(narrowed.sample(i, line, channel), filtered(row, to, i));
          checkRounded(lowered.sample(line, i, channel), filtered(column, to, i));
        }
      }
    }
  }

  @Test
  void takesRowsBeforeColumns() {
    var image = random(31, 17);
    assertThat(Resize.bilinear(image, 16, 9))
        .isEqualTo(Resize.bilinear(Resize.bilinear(image, 16, 17), 16, 9));
  }

  @Test
  void leavesAImageOfTheRightSizeAlone() {
    var image = random(4, 3);
    assertThat(Resize.bilinear(image, 4, 3)).isSameAs(image);
  }

  @Test
  void resizesFloatsByTheSameWeights() {
    var image = random(20, 14);
    var bytes = Resize.bilinear(image, 9, 6).toFloats();
    var floats = Resize.bilinear(image.toFloats(), 20, 14, 9, 6);
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
