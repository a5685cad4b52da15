package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Display;
import org.pellucid.explain.method.Explanation;

/** Explanations in every form, with the numbers that their legends state. */
class DrawingTests {
  private static final Values BLACK = Values.of(new float[6], 3, 1, 2);

  static Explanation explanation(Display display, float[] numbers, long... shape) {
    return new Explanation(
        "none",
        Values.of(numbers, shape),
        display,
        Target.output(0),
        Values.of(new float[] {1}, 1),
        Map.of(),
        0,
        0,
        List.of(),
        Map.of(),
        0);
  }

  private static Explanation map(float[] numbers, long... shape) {
    return explanation(Display.MAP, numbers, shape);
  }

  private static DrawingStyle style(DrawingForm form) {
    return DrawingStyle.standard().withForm(form);
  }

  private static int pixel(Drawing drawing, int x, int y) {
    return drawing.pixels().getRGB(x, y) & 0xffffff;
  }

  private static float[] ramp(int count) {
    var numbers = new float[count];
    for (var i = 0; i < count; i++) {
      numbers[i] = i + 1;
    }
    return numbers;
  }

  @Test
  void endsColoursAtThePercentileOfMagnitudesThatTheLegendStates() {
    var input = Values.of(new float[200], 1, 1, 200);
    var numbers = ramp(200);
    var drawing = Drawing.of(map(numbers, 1, 200), input);
    assertThat(drawing.legend().high()).isEqualTo(198);
    assertThat(drawing.legend().sentence())
        .isEqualTo("own scale: 99\u00a0% of magnitudes, largest 200");
    assertThat(pixel(drawing, 99, 0)).isEqualTo(ColourMap.MAGMA.rgb(100 / 198.0));
    assertThat(pixel(drawing, 199, 0)).isEqualTo(ColourMap.MAGMA.rgb(1));
    var half = Drawing.of(map(numbers, 1, 200), input, DrawingStyle.standard().withClip(50));
    assertThat(half.legend().high()).isEqualTo(100);
    var whole = Drawing.of(map(numbers, 1, 200), input, DrawingStyle.standard().withClip(100));
    assertThat(whole.legend().high()).isEqualTo(200);
    assertThat(whole.legend().sentence()).isEqualTo("own scale: largest magnitude");
  }

  @Test
  void sharesAScaleOverExplanationsAndTakesAGivenOne() {
    var small = map(new float[] {0, 1}, 1, 2);
    var large = map(new float[] {-4, 0}, 1, 2);
    var shared = DrawingStyle.standard().sharedBy(List.of(small, large));
    assertThat(pixel(Drawing.of(small, BLACK, shared), 200, 0))
        .isEqualTo(ColourMap.MAGMA.rgb(0.25));
    assertThat(Drawing.of(small, BLACK, shared).legend().sentence())
        .isEqualTo("scale shared by 2 maps; largest magnitude here 1.00");
    assertThat(Drawing.of(large, BLACK, shared).legend().low()).isEqualTo(-4);
    var given = Drawing.of(small, BLACK, DrawingStyle.standard().withScale(Scale.of(2)));
    assertThat(pixel(given, 200, 0)).isEqualTo(ColourMap.MAGMA.rgb(0.5));
    assertThat(given.legend().high()).isEqualTo(2);
    assertThatIllegalArgumentException().isThrownBy(() -> Scale.of(0));
    assertThatIllegalArgumentException().isThrownBy(() -> Scale.of(Double.NaN));
  }

  @Test
  void drawsEachForm() {
    var signed = map(new float[] {-1, 2}, 1, 2);
    assertThat(pixel(Drawing.of(signed, BLACK), 0, 0)).isEqualTo(ColourMap.DIVERGING.rgb(0.25));
    assertThat(pixel(Drawing.of(signed, BLACK, style(DrawingForm.HEAT)), 0, 0))
        .isEqualTo(ColourMap.MAGMA.rgb(0.5));
    var white = Values.of(new float[] {1, 1, 0.5f, 1, 0, 1}, 3, 1, 2);
    var masked = Drawing.of(map(new float[] {0, 3}, 1, 2), white, style(DrawingForm.MASKED));
    assertThat(pixel(masked, 0, 0)).isEqualTo(ColourMap.BLANK);
    assertThat(pixel(masked, 383, 0)).isEqualTo(0xffffff);
    assertThat(masked.legend().sentence()).contains("the image itself from magnitude 3.00");
    var overlay = Drawing.overlay(map(new float[] {0, 4}, 1, 2), BLACK, 0.5);
    assertThat(pixel(overlay, 0, 0)).isZero();
    assertThat(pixel(overlay, 383, 0)).isEqualTo(0x7e7f60);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Drawing.overlay(signed, BLACK, 2))
        .withMessage("The opacity is 2.0, but must be 0..1.");
    assertThatIllegalArgumentException().isThrownBy(() -> DrawingStyle.standard().withClip(0));
  }

  @Test
  void drawsContoursWhereTheMapPassesTheLevels() {
    // A step between columns 15 and 16: its lines run down the middle, and nowhere else.
    var numbers = new float[32 * 32];
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = i % 32 < 16 ? 0 : 1;
    }
    var drawing =
        Drawing.of(
            map(numbers, 32, 32),
            Values.of(new float[3 * 1024], 3, 32, 32),
            style(DrawingForm.CONTOUR));
    var ground = pixel(drawing, 2, 2);
    assertThat(pixel(drawing, 381, 381)).isEqualTo(ground);
    assertThat(pixel(drawing, 191, 200)).isNotEqualTo(ground);
    assertThat(drawing.legend().sentence()).startsWith("lines at 0.250, 0.500, 0.750 of the map");
  }

  @ParameterizedTest
  @EnumSource
  void drawsAMapOfZerosBlankInEveryForm(DrawingForm form) {
    var zeros = Drawing.of(map(new float[2], 1, 2), BLACK, style(form));
    assertThat(pixel(zeros, 0, 0)).isEqualTo(ColourMap.BLANK);
    assertThat(zeros.legend().colours()).isEmpty();
    assertThat(zeros.legend().sentence()).isEqualTo("0 everywhere");
    assertThat(pixel(Drawing.of(map(new float[2], 1, 2), BLACK), 300, 100))
        .isEqualTo(ColourMap.BLANK);
  }

  @ParameterizedTest
  @EnumSource
  void drawsWhatIsNoNumberWithoutFailing(DrawingForm form) {
    for (var numbers :
        List.of(
            new float[] {Float.NaN, Float.NaN},
            new float[] {Float.NaN, -2},
            new float[] {Float.POSITIVE_INFINITY, 1},
            new float[] {Float.NEGATIVE_INFINITY, 0})) {
      for (var scale : List.of(Scale.own(), Scale.of(1), new Scale.Shared(0, 3))) {
        var drawing = Drawing.of(map(numbers, 1, 2), BLACK, style(form).withScale(scale));
        assertThat(drawing.withLegend().pixels().getHeight()).isGreaterThan(192);
        if (Float.isNaN(numbers[0]) && form != DrawingForm.CONTOUR) {
          assertThat(pixel(drawing, 0, 0)).isEqualTo(ColourMap.NOT_A_NUMBER);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void drawsImagesAndMapsOfAnySize(DrawingForm form) {
    for (var size : new int[][] {{1, 1}, {1, 700}, {500, 3}, {37, 53}}) {
      for (var channels : new int[] {1, 2, 3, 4}) {
        var plane = size[0] * size[1];
        var input = Values.of(new float[channels * plane], channels, size[0], size[1]);
        for (var shape : new long[][] {{channels, size[0], size[1]}, {3, 5}, {1, 1}}) {
          var count = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
          var drawing = Drawing.of(map(ramp(count), shape), input, style(form));
          var scale = Math.max(1, 384 / Math.max(size[0], size[1]));
          assertThat(drawing.pixels().getWidth()).isEqualTo(size[1] * scale);
          assertThat(drawing.pixels().getHeight()).isEqualTo(size[0] * scale);
        }
      }
    }
  }

  @Test
  void scalesALayersMapToTheImage() {
    var input = Values.of(new float[16], 1, 4, 4);
    var layer = explanation(Display.ACTIVATION, new float[] {1, 2, 3, 4}, 2, 2);
    var drawing = Drawing.of(layer, input);
    assertThat(drawing.pixels().getWidth()).isEqualTo(384);
    assertThat(pixel(drawing, 191, 0)).isEqualTo(ColourMap.VIRIDIS.rgb(0));
    assertThat(pixel(drawing, 192, 0)).isEqualTo(ColourMap.VIRIDIS.rgb(1 / 3.0));
    assertThat(drawing.legend().low()).isEqualTo(1);
    assertThat(new Plane(new float[] {0, 1}, 1, 2).resized(1, 4).numbers())
        .containsExactly(0, 0.25f, 0.75f, 1);
  }

  @Test
  void writesTheLegendIntoTheImageWhereItFits(@TempDir Path directory) throws Exception {
    var file = directory.resolve("map.png");
    var drawing = Drawing.of(map(new float[] {-1, 2}, 1, 2), BLACK);
    drawing.withLegend().write(file);
    var written = ImageIO.read(file.toFile());
    assertThat(written.getWidth()).isEqualTo(384);
    assertThat(written.getRGB(8, 192 + 12) & 0xffffff).isEqualTo(0x003670);
    assertThat(written.getRGB(375, 192 + 12) & 0xffffff).isEqualTo(0x6b0d00);
    assertThat(darkPixels(written, 192 + 18)).isGreaterThan(50);
    var narrow = Values.of(new float[800], 1, 400, 2);
    var tall = Drawing.of(map(ramp(800), 400, 2), narrow);
    assertThat(tall.withLegend().pixels()).isSameAs(tall.pixels());
  }

  @Test
  void leavesOutTextWhereASystemHasNoFonts() {
    var drawing = Drawing.of(map(new float[] {-1, 2}, 1, 2), BLACK);
    var bare = new LegendStrip(Lettering.none()).below(drawing.pixels(), drawing.legend());
    assertThat(darkPixels(bare, 192 + 18)).isZero();
    assertThat(bare.getRGB(8, 192 + 12) & 0xffffff).isEqualTo(0x003670);
    var sheet = new ContactSheet(List.of("Title"), Lettering.none());
    sheet.add("name", "note", List.of(Optional.of(drawing)));
    assertThat(sheet.pixels().getWidth()).isPositive();
  }

  private static int darkPixels(BufferedImage image, int from) {
    var count = 0;
    for (var y = from; y < image.getHeight(); y++) {
      for (var x = 0; x < image.getWidth(); x++) {
        count += (image.getRGB(x, y) & 0xff) < 0xd0 ? 1 : 0;
      }
    }
    return count;
  }

  @Test
  void putsDrawingsOnASheetWithGapsWhereThereAreNone() {
    var drawing = Drawing.of(map(new float[] {0, 1}, 1, 2), BLACK);
    var sheet = new ContactSheet(List.of("Image", "Saliency"));
    sheet.add("3_5", "Egg", List.of(Optional.of(drawing), Optional.empty()));
    sheet.add("<b>ملف 🍜", "", List.of(Optional.of(drawing), Optional.of(drawing)));
    assertThat(sheet.rows()).isEqualTo(2);
    var pixels = sheet.pixels();
    // The first tile's right half is the largest value's colour, the second tile's place is empty.
    var y = 24 + 40 + 88;
    assertThat(pixels.getRGB(24 + 132 + 130, y) & 0xffffff).isEqualTo(ColourMap.MAGMA.rgb(1));
    assertThat(pixels.getRGB(24 + 132 + 188 + 130, y) & 0xffffff).isEqualTo(0xfbfaf7);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sheet.add("x", "", List.of()))
        .withMessageContaining("0 drawings, but the sheet has 2 columns");
  }

  @Test
  void writesNumbersWithThreeDigits() {
    assertThat(Legend.number(0)).isEqualTo("0");
    assertThat(Legend.number(0.38654)).isEqualTo("0.387");
    assertThat(Legend.number(-12.345)).isEqualTo("−12.3");
    assertThat(Legend.number(1234.5)).isEqualTo("1235");
    assertThat(Legend.number(0.00012345)).isEqualTo("1.23e−04");
    assertThat(Legend.number(Double.NaN)).isEqualTo("NaN");
  }

  @ParameterizedTest
  @EnumSource(names = {"MAGMA", "VIRIDIS", "CIVIDIS"})
  void risesEvenlyInLightness(ColourMap map) {
    var previous = lightness(map.rgb(0));
    for (var step = 1; step <= 16; step++) {
      var next = lightness(map.rgb(step / 16.0));
      assertThat(next - previous).as("%s at %d", map, step).isBetween(0.02, 0.115);
      previous = next;
    }
  }

  @Test
  void darkensBothSignsAlike() {
    for (var step = 1; step <= 20; step++) {
      var share = step / 20.0;
      var negative = lightness(ColourMap.DIVERGING.rgb(0.5 - share / 2));
      var positive = lightness(ColourMap.DIVERGING.rgb(0.5 + share / 2));
      assertThat(negative).isCloseTo(positive, within(0.01));
      assertThat(positive).isCloseTo(0.972 - 0.632 * share, within(0.012));
    }
  }

  /** The lightness of Oklab (B. Ottosson, 2020), from 0 to 1. */
  private static double lightness(int rgb) {
    var red = linear(rgb >> 16 & 0xff);
    var green = linear(rgb >> 8 & 0xff);
    var blue = linear(rgb & 0xff);
    var l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
    var m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
    var s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
    return 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s;
  }

  private static double linear(int level) {
    var share = level / 255.0;
    return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
  }
}
