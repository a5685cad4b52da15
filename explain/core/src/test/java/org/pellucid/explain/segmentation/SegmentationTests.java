package org.pellucid.explain.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;

/** What all superpixels have in common, and the parameters that choose them. */
class SegmentationTests {
  private static final MethodDescriptor ANY =
      new MethodDescriptor(
          "any",
          "Any",
          "Any.",
          "",
          Guidance.NONE,
          SegmentationParameters.all(),
          (values, model) -> List.of());

  static List<Segmentation> kinds() {
    return List.of(
        new Slic(12, 1, 1, 0),
        new Quickshift(1.5, 200, 0.2),
        new Felzenszwalb(50, 0.8, 4),
        new Grid(12));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void numbersPiecesOfAnySize(Segmentation segmentation) {
    int[][] sizes = {{1, 1}, {1, 17}, {23, 1}, {2, 3}, {13, 29}};
    for (var size : sizes) {
      for (var channels : new int[] {1, 2, 3, 5}) {
        var image = SegmentationReferenceTests.image(channels, size[0], size[1], 1);
        var pieces = segmentation.segment(image, size[0], size[1]);
        assertThat(pieces.firstLabel()).isZero();
        assertThat(pieces.count()).isBetween(1, size[0] * size[1]);
        assertThat(segmentation.segment(image, size[0], size[1])).isEqualTo(pieces);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void dividesAnImageOfOneColourAndSamplesOfAnyRange(Segmentation segmentation) {
    var image = new float[3 * 20 * 10];
    assertThat(segmentation.segment(image, 20, 10).count()).isPositive();
    Arrays.fill(image, 0, 300, -7);
    assertThat(segmentation.segment(image, 20, 10).count()).isPositive();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void refusesWhatIsNoImage(Segmentation segmentation) {
    assertThatThrownBy(() -> segmentation.segment(new float[7], 2, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("7");
  }

  @ParameterizedTest
  @CsvSource({"16, 40, 40, 16", "16, 80, 20, 16", "100, 3, 4, 12", "1, 9, 9, 1", "6, 20, 30, 6"})
  void aGridHasCellsOfOneShape(int segments, int height, int width, int expected) {
    var pieces = new Grid(segments).segment(new float[height * width], height, width);
    assertThat(pieces.count()).isEqualTo(expected);
    var sizes = new int[expected];
    Arrays.stream(pieces.labels()).forEach(label -> sizes[label]++);
    assertThat(Arrays.stream(sizes).max().getAsInt())
        .isLessThanOrEqualTo(2 * Arrays.stream(sizes).min().getAsInt());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void greyImagesAreDividedAsColoursThatAreGrey(int channels) {
    var grey = SegmentationReferenceTests.image(1, 24, 30, 2);
    var image = new float[channels * grey.length];
    for (var i = 0; i < image.length; i++) {
      image[i] = grey[i % grey.length];
    }
    assertThat(new Slic(20, 10, 1, 0).segment(image, 24, 30))
        .isEqualTo(new Slic(20, 10, 1, 0).segment(grey, 24, 30));
    assertThat(new Quickshift(2, 6, 0.5).segment(image, 24, 30))
        .isEqualTo(new Quickshift(2, 6, 0.5).segment(grey, 24, 30));
  }

  @Test
  void felzenszwalbSeparatesTwoHalvesAndFollowsNoNoise() {
    var image = new float[20 * 20];
    for (var pixel = 0; pixel < image.length; pixel++) {
      image[pixel] = (pixel % 20 < 9 ? 0.1f : 0.9f) + 0.01f * (pixel % 3);
    }
    var pieces = new Felzenszwalb(200, 0, 10).segment(image, 20, 20);
    assertThat(pieces.count()).isEqualTo(2);
    for (var pixel = 0; pixel < image.length; pixel++) {
      assertThat(pieces.label(pixel)).isEqualTo(pixel % 20 < 9 ? 0 : 1);
    }
  }

  @Test
  void severalScalesGiveWhatEachGivesAlone() {
    var image = SegmentationReferenceTests.image(3, 30, 21, 4);
    var scales = List.of(200.0, 10.0, 60.0);
    var all = new Felzenszwalb(1, 0.5, 6).ofScales(image, 30, 21, scales);
    for (var i = 0; i < scales.size(); i++) {
      var alone = new Felzenszwalb(scales.get(i), 0.5, 6).segment(image, 30, 21);
      assertThat(all.get(i)).isEqualTo(alone);
    }
    assertThat(all.get(1).count()).isGreaterThan(all.get(0).count());
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void parametersReadWhatTheyWrite(Segmentation segmentation) {
    var written = SegmentationParameters.write(segmentation);
    var values = ANY.standard().and(written);
    assertThat(SegmentationParameters.read(values)).isEqualTo(segmentation);
  }

  @Test
  void refusesAParameterThatTheChosenKindLacks() {
    var values = ANY.changed(ANY.standard(), Map.of("superpixels", "grid", "ratio", "0.5"));
    assertThatThrownBy(() -> SegmentationParameters.read(values))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ratio is no parameter of grid superpixels");
  }

  @Test
  void refusesImpossibleParameters() {
    assertThatThrownBy(() -> new Quickshift(0.5, 1, 0.5)).hasMessageContaining("kernel size");
    assertThatThrownBy(() -> new Quickshift(2, 0, 0.5)).hasMessageContaining("distance");
    assertThatThrownBy(() -> new Quickshift(2, 1, 1.5)).hasMessageContaining("ratio");
    assertThatThrownBy(() -> new Felzenszwalb(Double.NaN, 1, 1)).hasMessageContaining("scale");
    assertThatThrownBy(() -> new Felzenszwalb(1, -1, 1)).hasMessageContaining("sigma");
    assertThatThrownBy(() -> new Felzenszwalb(1, 1, 0)).hasMessageContaining("pixel");
    assertThatThrownBy(() -> new Grid(0)).hasMessageContaining("cell");
  }
}
