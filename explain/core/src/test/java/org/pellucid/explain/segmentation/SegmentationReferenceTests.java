package org.pellucid.explain.segmentation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Quickshift and Felzenszwalb's graph against numbers that scikit-image gave. */
class SegmentationReferenceTests {

  static Stream<String> lines() throws IOException {
    try (var stream = SegmentationReferenceTests.class.getResourceAsStream("segments.txt")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines().filter(line -> !line.startsWith("#")).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("lines")
  void equalsTheReferencePixelForPixel(String line) {
    var words = line.split(" ");
    var numbers = Arrays.stream(words, 1, 5).mapToInt(Integer::parseInt).toArray();
    var parameters = Arrays.stream(words, 5, 8).mapToDouble(Double::parseDouble).toArray();
    var segmentation =
        words[0].equals("quickshift")
            ? new Quickshift(parameters[0], parameters[1], parameters[2])
            : new Felzenszwalb(parameters[0], parameters[1], (int) parameters[2]);
    var image = image(numbers[0], numbers[1], numbers[2], numbers[3]);
    var found = segmentation.segment(image, numbers[1], numbers[2], 100 * numbers[3] + 7);
    var expected =
        Arrays.stream(words, 8, words.length)
            .map(run -> run.split("x"))
            .flatMapToInt(
                run ->
                    IntStream.range(0, Integer.parseInt(run[1]))
                        .map(_ -> Integer.parseInt(run[0])));
    assertThat(found.labels()).containsExactly(expected.toArray());
  }

  /** Tiles of colour under noise, by a formula that the reference's script has too. */
  static float[] image(int channels, int height, int width, long seed) {
    var state = seed;
    var image = new float[channels * height * width];
    for (var i = 0; i < image.length; i++) {
      state = state * 6364136223846793005L + 1442695040888963407L;
      var noise = (float) ((state >>> 40) / 0x1p24);
      var channel = i / (height * width);
      var row = i / width % height;
      var column = i % width;
      var tile =
          seed == 9
              ? (row / 12 * 2 + column / 12 * (channel + 1)) % 5 / 5f
              : (row / 7 + column / 9 + channel) % 3 / 4f;
      image[i] = tile + noise * 0.25f;
    }
    return image;
  }

  @Test
  void drawsNormalNumbersAsNumPyDoes() {
    var generator = new MersenneTwister(42);
    assertThat(generator.below(1000)).isEqualTo(102);
    assertThat(generator.nextGaussian()).isEqualTo(-0.5502344891639495);
    assertThat(generator.nextGaussian()).isEqualTo(0.5154330724504073);
    assertThat(generator.nextGaussian()).isEqualTo(0.473860833744823);
    assertThat(generator.nextDouble()).isEqualTo(0.44583275285359114);
  }
}
