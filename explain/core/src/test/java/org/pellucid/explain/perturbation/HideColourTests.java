package org.pellucid.explain.perturbation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.explain.segmentation.Grid;

class HideColourTests {
  private static final int HEIGHT = 6;
  private static final int WIDTH = 10;
  private static final int PIXELS = HEIGHT * WIDTH;

  private final float[] image = image();

  private static float[] image() {
    var image = new float[2 * PIXELS];
    for (var i = 0; i < image.length; i++) {
      image[i] = i * 31 % 64 / 64f;
    }
    return image;
  }

  @Test
  void meansAreOfTheChannelAndOfTheSuperpixel() {
    var pieces = new Grid(6).segment(image, HEIGHT, WIDTH);
    var own = HideColour.SUPERPIXEL.over(image, pieces);
    var whole = HideColour.MEAN.over(image, HEIGHT, WIDTH);
    for (var i = 0; i < image.length; i++) {
      var sum = 0.0;
      var count = 0;
      var all = 0.0;
      for (var pixel = 0; pixel < PIXELS; pixel++) {
        var sample = image[i / PIXELS * PIXELS + pixel];
        all += sample;
        if (pieces.label(pixel) == pieces.label(i % PIXELS)) {
          sum += sample;
          count++;
        }
      }
      assertThat((double) own[i]).isEqualTo(sum / count, within(1e-6));
      assertThat((double) whole[i]).isEqualTo(all / PIXELS, within(1e-6));
    }
    assertThat(HideColour.BLACK.over(image, pieces)).containsOnly(0);
    assertThat(HideColour.WHITE.over(image, HEIGHT, WIDTH)).containsOnly(1);
  }

  /** The blur by its definition: every pixel weighs in, mirrored images around the image. */
  @ParameterizedTest
  @ValueSource(doubles = {0.8, 2.5})
  void blursAsTheDefinitionDoes(double sigma) {
    var found = new HideColour.Blurred(Optional.of(sigma)).over(image, HEIGHT, WIDTH);
    var reach = (int) (4 * sigma + 0.5);
    for (var i = 0; i < image.length; i++) {
      var sum = 0.0;
      var weights = 0.0;
      for (var down = -reach; down <= reach; down++) {
        for (var right = -reach; right <= reach; right++) {
          var row = mirrored(i / WIDTH % HEIGHT + down, HEIGHT);
          var column = mirrored(i % WIDTH + right, WIDTH);
          var weight = Math.exp(-(down * down + right * right) / (2 * sigma * sigma));
          sum += weight * image[i / PIXELS * PIXELS + row * WIDTH + column];
          weights += weight;
        }
      }
      assertThat((double) found[i]).isEqualTo(sum / weights, within(1e-6));
    }
  }

  private static int mirrored(int index, int length) {
    var at = index;
    while (at < 0 || at >= length) {
      at = at < 0 ? -1 - at : 2 * length - 1 - at;
    }
    return at;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"superpixel", "mean", "black", "white", "blurred", "blurred:3.5", "0.25", "-2.0"})
  void readsWhatItWrites(String text) {
    var type = HideColour.ofSuperpixels("baseline", HideColour.BLACK).type();
    var colour = type.reader().apply(text).orElseThrow();
    assertThat(type.writer().apply(colour)).isEqualTo(text);
    var places = HideColour.ofPlaces("baseline", HideColour.BLACK).type();
    assertThat(places.reader().apply(text).isPresent()).isEqualTo(!text.equals("superpixel"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "grey", "blurred:", "blurred:0", "blurred:-1", "blurred:5000", "NaN", "1e99"})
  void refusesOtherTexts(String text) {
    var type = HideColour.ofSuperpixels("baseline", HideColour.BLACK).type();
    assertThat(type.reader().apply(text)).isEmpty();
  }

  @Test
  void placesHaveNoMeanOfASuperpixel() {
    assertThatThrownBy(() -> HideColour.SUPERPIXEL.over(image, HEIGHT, WIDTH))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("choose mean");
  }
}
