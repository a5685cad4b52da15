package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Display;
import org.pellucid.explain.method.Explanation;

class ImagesTests {
  private static final int MAGENTA = 0xff00ff;

  @Test
  void reachesTheEndsOfEveryColourMap() {
    assertThat(ColourMap.GREY.rgb(0)).isZero();
    assertThat(ColourMap.GREY.rgb(1)).isEqualTo(0xffffff);
    assertThat(ColourMap.GREY.rgb(0.5)).isEqualTo(0x808080);
    assertThat(ColourMap.VIRIDIS.rgb(-3)).isEqualTo(0x440154);
    assertThat(ColourMap.VIRIDIS.rgb(7)).isEqualTo(0xfde725);
    assertThat(ColourMap.DIVERGING.rgb(0.5)).isEqualTo(0xf7f7f7);
  }

  @Test
  void keepsTheColourOfNoNumberOutOfEveryColourMap() {
    for (var map : ColourMap.values()) {
      assertThat(map.rgb(Double.NaN)).isEqualTo(MAGENTA);
      for (var step = 0; step <= 1000; step++) {
        assertThat(map.rgb(step / 1000.0)).as("%s at %d", map, step).isNotEqualTo(MAGENTA);
      }
    }
  }

  @Test
  void normalisesBetweenTheEnds() {
    var range = Normalisation.minMax(new float[] {2, 4, Float.NaN, 3});
    assertThat(range.apply(2)).isZero();
    assertThat(range.apply(3)).isEqualTo(0.5);
    assertThat(range.apply(4)).isEqualTo(1);
    assertThat(range.apply(Double.NaN)).isNaN();
    assertThat(new Normalisation(-2, 6).apply(0)).isEqualTo(0.25);
  }

  @Test
  void keepsZeroInTheMiddleOfASymmetricRange() {
    assertThat(Normalisation.symmetric(new float[] {-1, 4})).isEqualTo(new Normalisation(-4, 4));
    var mostlyZero = new float[1000];
    mostlyZero[7] = -3;
    assertThat(Normalisation.symmetric(mostlyZero)).isEqualTo(new Normalisation(-3, 3));
    var oneExtreme = new float[1000];
    Arrays.fill(oneExtreme, -2);
    oneExtreme[7] = 500;
    assertThat(Normalisation.symmetric(oneExtreme)).isEqualTo(new Normalisation(-2, 2));
  }

  @Test
  void drawsAMapOfZerosBlank() {
    var zeros = new float[4];
    var unsigned = Images.map(zeros, 2, 2, 1, Normalisation.minMax(zeros), ColourMap.HOT);
    assertThat(pixel(unsigned, 0, 0)).isEqualTo(0x0b0000);
    var signed = Images.map(zeros, 2, 2, 3, Normalisation.symmetric(zeros), ColourMap.DIVERGING);
    assertThat(signed.getWidth()).isEqualTo(6);
    assertThat(pixel(signed, 5, 5)).isEqualTo(0xf7f7f7);
  }

  @Test
  void drawsEvenMapsOfAnySignInOneColour() {
    for (var value : new float[] {-2, 0, 5}) {
      var even = new float[] {value, value};
      var image = Images.map(even, 1, 2, 1, Normalisation.minMax(even), ColourMap.VIRIDIS);
      assertThat(pixel(image, 0, 0)).isEqualTo(0x440154).isEqualTo(pixel(image, 1, 0));
    }
  }

  @Test
  void showsWhatIsNotANumber() {
    var map = new float[] {0, Float.NaN};
    assertThat(pixel(Images.map(map, 1, 2, 1, Normalisation.minMax(map), ColourMap.GREY), 1, 0))
        .isEqualTo(MAGENTA);
    var values = new float[] {1, 0, 1, Float.NaN, 1, 0};
    var image = Images.image(values, 1, 2, 1);
    assertThat(pixel(image, 0, 0)).isEqualTo(0xffffff);
    assertThat(pixel(image, 1, 0)).isEqualTo(MAGENTA);
  }

  @Test
  void refusesValuesThatDoNotFillTheImage() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Images.image(new float[5], 1, 2, 1))
        .withMessage("5 values don't fill channels of 1 × 2 pixels.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Images.image(new float[0], 1, 2, 1))
        .withMessage("0 values don't fill channels of 1 × 2 pixels.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Images.image(new float[1], 1, 1, 1 << 16))
        .withMessageContaining("too large to draw");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Images.map(new float[4], 1, 2, 1, new Normalisation(0, 1), ColourMap.GREY))
        .withMessage("A map has one channel, not 2 of 1 × 2 pixels.");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Images.map(new float[4], 2, 2, 0, new Normalisation(0, 1), ColourMap.GREY));
  }

  @Test
  void drawsOneChannelInGrey() {
    var image = Images.image(new float[] {0.5f, Float.NaN, 3, 0}, 2, 2, 1);
    assertThat(pixel(image, 0, 0)).isEqualTo(0x808080);
    assertThat(pixel(image, 1, 0)).isEqualTo(MAGENTA);
    assertThat(pixel(image, 0, 1)).isEqualTo(0xffffff);
    var stretched = Images.stretched(new float[] {-4, 6}, 1, 2, 1);
    assertThat(pixel(stretched, 0, 0)).isZero();
    assertThat(pixel(stretched, 1, 0)).isEqualTo(0xffffff);
  }

  @Test
  void drawsOtherNumbersOfChannelsAsAMapOfTheirMean() {
    var image = Images.image(new float[] {0, 4, 1, 1, 5, 0}, 1, 3, 1);
    assertThat(pixel(image, 0, 0)).isEqualTo(0x440154);
    assertThat(pixel(image, 1, 0)).isEqualTo(0xfde725);
    assertThat(pixel(image, 2, 0)).isEqualTo(0x440154);
    assertThat(pixel(Images.image(new float[] {1, 0, 0, 0, 0}, 1, 1, 2), 1, 1)).isEqualTo(0x440154);
  }

  @Test
  void drawsExplanationsOfAnyNumberOfChannels() {
    var unsigned = drawn(new float[] {0, 1, 2, 0}, 2, 1, 2);
    assertThat(pixel(unsigned, 0, 0)).isEqualTo(ColourMap.MAGMA.rgb(1));
    assertThat(pixel(unsigned, 1, 0)).isEqualTo(ColourMap.MAGMA.rgb(0.5));
    var signed = drawn(new float[] {-1, 2, 1, -1, 0, -3}, 3, 1, 2);
    assertThat(pixel(signed, 0, 0)).isEqualTo(0xf7f7f7);
    assertThat(pixel(signed, 1, 0)).isEqualTo(0x003670);
  }

  private static Explanation explanation(Values values) {
    return new Explanation(
        "none",
        values,
        Display.MAP,
        Target.output(0),
        Values.of(new float[] {1}, 1),
        Map.of(),
        0,
        0,
        List.of(),
        Map.of(),
        0);
  }

  /** Two places, each drawn half as wide as an explanation usually is. */
  private static BufferedImage drawn(float[] numbers, long... shape) {
    var values = Values.of(numbers, shape);
    var explanation = explanation(values);
    var image = Drawing.of(explanation, values).pixels();
    assertThat(image.getWidth()).isEqualTo(384);
    var reduced = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    reduced.setRGB(0, 0, image.getRGB(0, 0));
    reduced.setRGB(1, 0, image.getRGB(383, 0));
    return reduced;
  }

  @Test
  void writesWhatItDrew(@TempDir Path directory) throws Exception {
    var file = directory.resolve("deep/image.png");
    Pages.write(Images.image(new float[] {1, 0.5f, 0}, 1, 1, 2), file);
    assertThat(pixel(ImageIO.read(file.toFile()), 1, 1)).isEqualTo(0xff8000);
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  private static int pixel(BufferedImage image, int x, int y) {
    return image.getRGB(x, y) & 0xffffff;
  }
}
