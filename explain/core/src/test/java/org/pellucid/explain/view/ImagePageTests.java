package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.explain.attribution.IntegratedGradients;
import org.pellucid.explain.attribution.Saliency;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Curve;
import org.pellucid.explain.method.Display;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Quality;
import org.pellucid.explain.view.ImagePage.Output;
import org.pellucid.explain.view.ImageResults.CurveImages;

/** The page of an image in a real browser, its numbers compared with the library's. */
class ImagePageTests {
  private static final String HOSTILE = "<script>alert(1)</script> ملف 🍜";
  private static final int HEIGHT = 20;
  private static final int WIDTH = 30;

  @TempDir Path directory;

  private static Values image() {
    return random(1, 3, HEIGHT, WIDTH);
  }

  private static Values random(int seed, int... shape) {
    var random = new Random(seed);
    var count = 1;
    var sizes = new long[shape.length];
    for (var i = 0; i < shape.length; i++) {
      sizes[i] = shape[i];
      count *= shape[i];
    }
    var numbers = new float[count];
    for (var i = 0; i < count; i++) {
      numbers[i] = random.nextFloat();
    }
    return Values.of(numbers, sizes);
  }

  private static Values signed() {
    var numbers = random(2, 3, HEIGHT, WIDTH).toArray();
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = 0.02f * (numbers[i] - 0.5f);
    }
    return Values.of(numbers, 3, HEIGHT, WIDTH);
  }

  private static Explanation explanation(String method, Values values, Quality... quality) {
    return new Explanation(
        method,
        values,
        Display.MAP,
        Target.output(0),
        Values.of(new float[] {2, 1}, 2),
        Map.of("steps", 50, "odd", HOSTILE),
        7,
        0,
        List.of(quality),
        Map.of(),
        1.5);
  }

  private static final Curve CURVE =
      new Curve(
          "share of the pixels deleted",
          "probability of " + HOSTILE,
          List.of(0.0, 0.25, 0.5, 1.0),
          List.of(0.9, 0.7, 0.3, 0.05));

  private static ImagePage page() {
    var parts = new ImageResults(image(), DrawingStyle.standard());
    CurveImages curves =
        (input, explanation, quality, point) -> Optional.of(random(point, 3, 4, 6));
    var area = new Quality("deletion", 0.4231, HOSTILE, Map.of("steps", 3)).with(CURVE);
    var delta = new Quality("convergenceDelta", -0.01234, "Near 0 is good.");
    return new ImagePage(
        HOSTILE,
        "../index.html",
        ImageResults.pixels(image()),
        "Egg",
        List.of(new Output("Egg", 2, 0.731), new Output(HOSTILE, 1, 0.269)),
        99,
        List.of(
            parts.of(
                explanation("integrated-gradients", signed(), delta, area),
                IntegratedGradients.steps(50),
                "Egg",
                "var a = \"" + HOSTILE + "\";",
                "integrated-gradients.npy",
                curves),
            parts.of(
                explanation("saliency", Values.of(new float[HEIGHT * WIDTH], HEIGHT, WIDTH)),
                Saliency.standard(),
                "Egg",
                "",
                "",
                CurveImages.NONE)),
        "./pellucid image explain --images '" + HOSTILE + "'");
  }

  /** What a script noted in the page, one line for each. */
  private List<String> noted(String state, String script) throws Exception {
    var browser = Browser.find();
    var file = directory.resolve("page.html");
    Pages.write(page(), file);
    var element =
        """
        <script type="module">
        const log = document.createElement('pre');
        document.body.append(log);
        const note = (text) => log.append(text + '\\n');
        const one = (selector) => document.querySelector(selector);
        const point = (x, y) => {
          const box = one('canvas.large').getBoundingClientRect();
          one('canvas.large').dispatchEvent(new PointerEvent('pointermove', {
            clientX: box.left + (x + 0.5) / %d * box.width, clientY: box.top + (y + 0.5) / %d * box.height}));
          return one('.readout').textContent;
        };
        const click = (text) => [...document.querySelectorAll('button')].find((b) => b.textContent === text).click();
        const slide = (id, value) => { one('#' + id).value = value; one('#' + id).dispatchEvent(new Event('input')); };
        const pixel = (x, y) => [...one('canvas.large').getContext('2d').getImageData(
          (x + 0.5) / %d * one('canvas.large').width, (y + 0.5) / %d * one('canvas.large').height, 1, 1).data].slice(0, 3)
          .map((v) => v.toString(16).padStart(2, '0')).join('');
        // Images are decoded in real time, while the browser's clock jumps from one timer to the next.
        while (!one('#page[data-ready]')) await new Promise((wait) => setTimeout(wait, 1));
        %s
        </script>
        """
            .formatted(WIDTH, HEIGHT, WIDTH, HEIGHT, script);
    Files.writeString(file, Files.readString(file) + element);
    var html = browser.render(file, state, directory);
    var from = html.lastIndexOf("<pre>") + 5;
    return html.substring(from, html.indexOf("</pre>", from)).lines().toList();
  }

  private static double value(Values values, int channel, int y, int x) {
    return values.get((channel * HEIGHT + y) * WIDTH + x);
  }

  @Test
  void readsTheValuesThatTheLibraryHasAtPixels() throws Exception {
    var lines =
        noted(
            "",
            "for (const [x, y] of [[0, 0], [29, 19], [7, 11], [15, 3]]) note(point(x,"
                + " y));click('green'); note(point(7, 11));one('canvas.large').dispatchEvent(new"
                + " KeyboardEvent('keydown', {key: 'ArrowRight'}));"
                + "note(one('.readout').textContent);");
    var values = signed();
    var places = new int[][] {{0, 0}, {29, 19}, {7, 11}, {15, 3}};
    for (var i = 0; i < places.length; i++) {
      var x = places[i][0];
      var y = places[i][1];
      var numbers = numbers(lines.get(i));
      assertThat(lines.get(i)).startsWith("column %d, row %d: ".formatted(x, y));
      var sum = 0.0;
      for (var channel = 0; channel < 3; channel++) {
        var expected = value(values, channel, y, x);
        // Half-precision floats, printed with four digits.
        assertThat(numbers.get(channel + 1))
            .isCloseTo(expected, within(Math.abs(expected) * 6e-4 + 1e-9));
        sum += expected;
      }
      assertThat(numbers.getFirst()).isCloseTo(sum, within(3 * 0.01 * 5e-4));
    }
    assertThat(numbers(lines.get(4)).getFirst())
        .isCloseTo(value(values, 1, 11, 7), within(0.01 * 6e-4));
    assertThat(lines.get(5)).startsWith("column 8, row 11: ");
  }

  /** The numbers after the colon of a readout. */
  private static List<Double> numbers(String line) {
    var numbers = new ArrayList<Double>();
    for (var word : line.substring(line.indexOf(':') + 1).split("[ ,()]+")) {
      if (word.matches("[−\\d].*")) {
        numbers.add(Double.parseDouble(word.replace('−', '-')));
      }
    }
    return numbers;
  }

  @Test
  void drawsWithTheColoursAndScaleOfTheLibrary() throws Exception {
    var lines =
        noted(
            "run=5,0",
            """
            slide('wipe', 0);
            note(one('.ends').textContent); note(one('.legend-note').textContent);
            note(pixel(7, 11)); note(pixel(29, 0));
            click('whole run'); note(one('.ends').textContent);
            click('own'); click('masked image'); note(one('.legend-note').textContent); note(pixel(7, 11));
            click('magnitudes'); note(pixel(7, 11)); click('as usual'); slide('threshold', 100); note(pixel(7, 11)); slide('threshold', 0);
            slide('wipe', 100); note(pixel(7, 11)); slide('wipe', 0); slide('opacity', 0); note(pixel(29, 0));
            slide('opacity', 100); document.querySelectorAll('.tiles button')[1].click();
            note(one('.legend-place').textContent); note(pixel(3, 3)); note(location.hash.includes('method=saliency'));
            """);
    var explanation = explanation("integrated-gradients", signed());
    var drawing = Drawing.of(explanation, image());
    var legend = drawing.legend();
    var reach = legend.high();
    assertThat(lines.get(0)).isEqualTo(ends(reach));
    assertThat(lines.get(1))
        .isEqualTo("own scale: 99&nbsp;% of magnitudes; largest magnitude " + largest());
    assertColour(lines.get(2), pixel(drawing, 7, 11));
    assertColour(lines.get(3), pixel(drawing, 29, 0));
    assertThat(lines.get(4)).isEqualTo(ends(5));
    var masked = drawn(DrawingForm.MASKED);
    assertThat(lines.get(5)).startsWith(masked.legend().sentence().split(";")[0]);
    assertColour(lines.get(6), pixel(masked, 7, 11));
    assertColour(lines.get(7), pixel(drawn(DrawingForm.HEAT), 7, 11));
    var original = Drawing.of(image());
    assertThat(lines.get(8)).isEqualTo(pixel(original, 7, 11));
    assertThat(lines.get(9)).isEqualTo(pixel(original, 7, 11));
    assertThat(lines.get(10)).isEqualTo(pixel(original, 29, 0));
    assertThat(lines.get(11)).isEqualTo("0 everywhere");
    assertThat(lines.get(12)).isEqualTo("f7f7f7");
    assertThat(lines.get(13)).isEqualTo("true");
  }

  private static Drawing drawn(DrawingForm form) {
    return Drawing.of(
        explanation("integrated-gradients", signed()),
        image(),
        DrawingStyle.standard().withForm(form));
  }

  private static String ends(double reach) {
    return Legend.number(-reach) + "0" + Legend.number(reach);
  }

  private static String largest() {
    return Legend.number(Normalisation.reach(Plane.of(signed()).numbers(), 100));
  }

  private static String pixel(Drawing drawing, int x, int y) {
    var scale = drawing.pixels().getWidth() / WIDTH;
    return "%06x".formatted(drawing.pixels().getRGB(x * scale, y * scale) & 0xffffff);
  }

  /** Half precision may fall on the next of the page's 256 colours. */
  private static void assertColour(String actual, String expected) {
    for (var i = 0; i < 6; i += 2) {
      assertThat(Integer.parseInt(actual.substring(i, i + 2), 16))
          .as("%s and %s", actual, expected)
          .isCloseTo(Integer.parseInt(expected.substring(i, i + 2), 16), within(4));
    }
  }

  @Test
  void tellsFiguresParametersAndHowToMakeItAgain() throws Exception {
    var lines =
        noted(
            "",
            """
            note([...document.querySelectorAll('.figure > p:first-child')].map((p) => p.textContent).join(' | '));
            note(one('dl').textContent); note(one('table.wide').textContent);
            note([...document.querySelectorAll('pre code')].map((c) => c.textContent).join(' | '));
            note(document.querySelectorAll('.behind img').length);
            one('svg.curve').dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight'}));
            note(one('.curve-view .readout').textContent);
            note([...one('.behind').children].findIndex((b) => b.classList.contains('on')));
            document.querySelectorAll('.behind button')[3].click();
            note(one('.curve-view .readout').textContent);
            note(one('.outputs').textContent); note(one('h1').textContent);
            note(document.querySelectorAll('#page script').length);
            note(performance.getEntriesByType('resource').filter(({name}) => !name.startsWith('data:')).length);
            """);
    assertThat(lines.get(0)).isEqualTo("convergenceDelta−0.0123 | deletion0.423");
    var shown = HOSTILE.replace("<", "&lt;").replace(">", "&gt;");
    assertThat(lines.get(1))
        .contains("It answers", "Take care", "Sundararajan", "1.50 seconds, seed 7");
    assertThat(lines.get(2)).contains("steps50", "odd" + shown);
    assertThat(lines.get(3))
        .isEqualTo("./pellucid image explain --images '%1$s' | var a = \"%1$s\";".formatted(shown));
    assertThat(lines.get(4)).isEqualTo("4");
    assertThat(lines.get(5))
        .isEqualTo("share of the pixels deleted 0.250: probability of " + shown + " 0.700");
    assertThat(lines.get(6)).isEqualTo("1");
    assertThat(lines.get(7)).endsWith(" 0.0500");
    assertThat(lines.get(8)).isEqualTo("Egg73&nbsp;%" + shown + "27&nbsp;%");
    assertThat(lines.get(9)).isEqualTo(shown);
    assertThat(lines.get(10)).isEqualTo("0");
    assertThat(lines.get(11)).isEqualTo("0");
  }

  @Test
  void keepsNumbersInHalfPrecisionOfTheLargest() throws Exception {
    var file = directory.resolve("page.html");
    Pages.write(page(), file);
    var html = Files.readString(file);
    var open = "<script type=\"application/json\" id=\"data\">";
    var from = html.indexOf(open) + open.length();
    var data = new JsonMapper().readTree(html.substring(from, html.indexOf("</script>", from)));
    var map = data.at("/results/0/maps/0");
    assertThat(map.get("reach").doubleValue())
        .isEqualTo(Drawing.of(explanation("x", signed()), image()).legend().high());
    var bytes = ByteBuffer.wrap(map.get("values").binaryValue()).order(ByteOrder.LITTLE_ENDIAN);
    var largest = map.get("largest").doubleValue();
    var values = signed();
    for (var i = 0; i < values.length(); i++) {
      var number = largest * Float.float16ToFloat(bytes.getShort(2 * i));
      assertThat(number)
          .isCloseTo(values.get(i), within(Math.abs(values.get(i)) / 2048 + 3e-8 * largest));
    }
    assertThat(html.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http://", "https://", "@import", "url(")
        .doesNotContain("<script>alert");
    assertThat(data.get("title").textValue()).isEqualTo(HOSTILE);
  }

  @Test
  void refusesTwoResultsOfOneName() {
    var result = page().results().getFirst();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new ImagePage(
                    "x", "", page().image(), "", List.of(), 99, List.of(result, result), ""))
        .withMessageContaining("integrated-gradients");
  }
}
