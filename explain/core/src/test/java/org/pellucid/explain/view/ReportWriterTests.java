package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.explain.view.ReportPage.Figure;
import org.pellucid.explain.view.ReportPage.ImageEntry;
import org.pellucid.explain.view.ReportPage.Row;

/** Reports of few and of many images, as files and in a real browser. */
class ReportWriterTests {
  private static final Pattern FIGURE =
      Pattern.compile(
          "<figure data-row=\"([^\"]*)\""
              + " data-image=\"([^\"]*)\">.*?<figcaption>(.*?)</figcaption>");

  private static final ReportPage PAGE =
      new ReportPage(
          "Report",
          "Weights",
          500,
          List.of(
              new Row(ReportPage.IMAGE, "The images", "As they are.", Map.of()),
              new Row("saliency", "Saliency", "Gradients.", Map.of("of", "score"))));

  @TempDir Path directory;

  private Path file() {
    return directory.resolve("report/index.html");
  }

  private static ImageEntry entry(String name, String... rows) {
    return entry(name, "Egg", "Egg", 0.5, 1, rows);
  }

  private static ImageEntry entry(
      String name,
      String known,
      String predicted,
      double confidence,
      double delta,
      String... rows) {
    var figures = new LinkedHashMap<String, Figure>();
    for (var row : rows) {
      var quality =
          row.equals(ReportPage.IMAGE) ? Map.<String, Double>of() : Map.of("delta", delta);
      figures.put(row, new Figure(name + "/" + row + ".png", "", "own scale", 2, quality));
    }
    return new ImageEntry(name, name + "/", name + "/t.png", known, predicted, confidence, figures);
  }

  private static List<String> captions(String html) {
    var captions = new ArrayList<String>();
    FIGURE
        .matcher(html)
        .results()
        .forEach(m -> captions.add("%s %s: %s".formatted(m.group(1), m.group(2), m.group(3))));
    return captions;
  }

  /** The document after scripts were added to the page. */
  private String rendered(String state, String script) throws Exception {
    var page = directory.resolve("report/scripted.html");
    var element = "<script type=\"module\">%s</script>".formatted(script);
    Files.writeString(page, Files.readString(file()) + element);
    return Browser.find().render(page, state, directory);
  }

  /** What the page shows, without its scripts and data. */
  private static String shown(String html) {
    return html.substring(html.indexOf("<main"), html.indexOf("</main>"));
  }

  private static String names(String html) {
    return FIGURE
        .matcher(html)
        .results()
        .filter(m -> m.group(1).equals(ReportPage.IMAGE))
        .map(m -> m.group(2))
        .collect(Collectors.joining(" "));
  }

  @Test
  void keepsFiguresWithTheirImagesWhereAMethodIsMissing() throws Exception {
    Browser.find();
    try (var report = new ReportWriter(file(), PAGE)) {
      report.add(entry("one", "saliency", "image"));
      report.add(entry("two", "image"));
      report.fail("broken", "The file is empty.");
      report.add(entry("three", "image", "saliency"));
      report.finish("3 images", List.of(), "The end");
    }
    var delta = "<span class=\"value\">delta 1.00</span>";
    var html = rendered("", "");
    assertThat(captions(html))
        .containsExactly(
            "image one: The images",
            "saliency one: Saliency" + delta,
            "image two: The images",
            "saliency two: Saliency",
            "image three: The images",
            "saliency three: Saliency" + delta);
    assertThat(html)
        .contains("1 image failed", ">broken</th><td>The file is empty.</td>")
        .contains("3 images", "The end", "no figure");
    assertThat(shown(html)).doesNotContain("The run goes on", "ended early");
    assertThat(captions(rendered("view=methods", "")))
        .containsExactly(
            "image one: one",
            "image two: two",
            "image three: three",
            "saliency one: one" + delta,
            "saliency two: two",
            "saliency three: three" + delta);
  }

  @Test
  void showsManyImagesInPages() throws Exception {
    Browser.find();
    try (var report = new ReportWriter(file(), PAGE)) {
      for (var i = 0; i < 500; i++) {
        report.add(entry("i" + i, "image", "saliency"));
      }
      report.finish("500 images", List.of(), "");
    }
    var first = rendered("", "");
    assertThat(captions(first)).hasSize(48);
    assertThat(names(first)).startsWith("i0 i1 ").endsWith(" i23");
    assertThat(first).contains("1 to 24 of 500");
    assertThat(names(rendered("page=5", ""))).startsWith("i120 ").endsWith(" i143");
    assertThat(names(rendered("page=99", ""))).isEqualTo(names(first));
    var key =
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles:"
            + " true}));";
    assertThat(names(rendered("page=19", key + key))).startsWith("i480 ").endsWith(" i499");
  }

  /** Sets a control of the filters and notes which images are shown then. */
  private static String set(String label, String value) {
    return """
    {
      const control = document.querySelector('.filters [aria-label="%s"]');
      control.value = '%s';
      control.dispatchEvent(new Event(control.matches('select') ? 'change' : 'input'));
      note();
    }
    """
        .formatted(label, value);
  }

  /** A function that appends what an expression gives to the page, with a semicolon. */
  private static String noting(String expression) {
    return """
    const log = document.createElement('pre');
    document.body.append(log);
    const note = () => log.append(%s + ';');
    """
        .formatted(expression);
  }

  private static final String IMAGES_SHOWN =
      "[...document.querySelectorAll('figure[data-row=image]')].map((figure) =>"
          + " figure.dataset.image).join(' ')";

  private static final String CLICK_SHOW_ALL =
      "[...document.querySelectorAll('.filters button')].at(-1).click();\n";

  /** What a script noted, each followed by a semicolon. */
  private static List<String> notes(String html) {
    var from = html.indexOf("<pre>") + 5;
    return List.of(html.substring(from, html.indexOf("</pre>", from)).split(";"));
  }

  @Test
  void choosesAndSortsImages() throws Exception {
    Browser.find();
    try (var report = new ReportWriter(file(), PAGE)) {
      report.add(entry("b2", "Egg", "Egg", 0.9, 3, "image", "saliency"));
      report.add(entry("b10", "Egg", "Soup", 0.4, 1, "image", "saliency"));
      report.add(entry("a", "Soup", "Soup", 0.7, Double.NaN, "image", "saliency"));
      report.add(entry("c", "", "Egg", 0.2, 2, "image", "saliency"));
      report.finish("4 images", List.of(), "");
    }
    var html =
        rendered(
            "",
            noting(IMAGES_SHOWN)
                + set("name", "B")
                + set("name", "")
                + set("known class", "Egg")
                + set("prediction", "false")
                + CLICK_SHOW_ALL
                + set("predicted class", "Egg")
                + set("predicted class", "")
                + set("confidence from", "30")
                + set("confidence to", "70")
                + CLICK_SHOW_ALL
                + set("sorted by", "name")
                + set("sorted by", "confidence")
                + set("metric", "saliency:delta")
                + set("sorted by", "metric")
                + set("metric from", "2")
                + set("name", "nothing"));
    assertThat(notes(html))
        .containsExactly(
            "b2 b10",
            "b2 b10 a c",
            "b2 b10",
            "b10",
            "b2 c",
            "b2 b10 a c",
            "b2 b10 a",
            "b10 a",
            "a b2 b10 c",
            "c b10 a b2",
            "c b10 a b2",
            "b10 c b2 a",
            "c b2");
    assertThat(shown(html)).contains("No image is like this");
    assertThat(names(rendered("sort=confidence&down=down&right=true&from=80", ""))).isEqualTo("b2");
  }

  @Test
  void enlargesFiguresAndGoesThroughThemByKeys() throws Exception {
    Browser.find();
    try (var report = new ReportWriter(file(), PAGE)) {
      report.add(entry("one", "image", "saliency"));
      report.add(entry("two", "image", "saliency"));
      report.finish("2 images", List.of(), "");
    }
    var open = "document.querySelector('figure[data-row=saliency] button').click();";
    var image = "document.querySelector('dialog img')";
    var html =
        rendered(
            "",
            noting("%1$s.getAttribute('src') + ' ' + %1$s.style.width".formatted(image))
                + open
                + "note();"
                + pressed("ArrowRight")
                + pressed("ArrowLeft")
                + pressed("ArrowDown")
                + pressed("ArrowDown")
                + pressed("+")
                + pressed("+")
                + pressed("-")
                + pressed("0")
                + pressed("ArrowUp")
                + """
                const folder = new URL('.', location).href;
                const loaded = performance.getEntriesByType('resource').map(({name}) => name);
                log.append(`${loaded.filter((name) => !name.startsWith(folder)).length} from elsewhere;`);
                """);
    assertThat(notes(html))
        .containsExactly(
            "one/saliency.png ",
            "one/image.png ",
            "one/saliency.png ",
            "two/saliency.png ",
            "two/saliency.png ",
            "two/saliency.png 150%",
            "two/saliency.png 200%",
            "two/saliency.png 150%",
            "two/saliency.png ",
            "one/saliency.png ",
            "0 from elsewhere");
    assertThat(html).contains("<dialog class=\"viewer\" aria-label=\"figure\" open");
    assertThat(rendered("image=two&row=saliency", "document.querySelector('dialog').close();"))
        .contains("src=\"two/saliency.png\"")
        .doesNotContain("aria-label=\"figure\" open");
  }

  private static String pressed(String key) {
    return "document.querySelector('dialog').dispatchEvent(new KeyboardEvent('keydown', {key: '%s'})); note();\n"
        .formatted(key);
  }

  @Test
  void showsWhatIsDoneWhileTheRunGoesOn() throws Exception {
    Browser.find();
    var report = new ReportWriter(file(), PAGE);
    assertThat(rendered("", "")).contains("0 of 500 images", "No image yet");
    report.add(entry("one", "image", "saliency"));
    report.fail("broken", "Why");
    assertThat(rendered("", ""))
        .contains("The run goes on", "2 of 500 images", "1 image failed", "<progress max=\"500\"");
    // A process that was killed while it wrote leaves half an entry.
    var whole = Files.readString(file());
    Files.writeString(file(), whole + "<script type=\"application/json\" class=\"image\">{\"na");
    assertThat(names(Browser.find().render(file(), "", directory))).isEqualTo("one");
    Files.writeString(file(), whole);
    report.close();
    assertThat(names(rendered("", ""))).isEqualTo("one");
    assertThat(rendered("", "")).contains("The run ended early", "after 2 of 500 images");
  }

  @Test
  void becomesTheSameWhateverWasReadInBetween() throws Exception {
    for (var name : List.of("watched", "alone")) {
      var to = directory.resolve(name + ".html");
      try (var report = new ReportWriter(to, PAGE)) {
        for (var i = 0; i < 5; i++) {
          report.add(entry("i" + i, "image"));
          if (name.equals("watched")) {
            assertThat(Files.readString(to)).contains("\"i" + i + "\"");
          }
        }
        report.finish("5 images", List.of(), "");
      }
    }
    assertThat(directory.resolve("watched.html"))
        .hasSameBinaryContentAs(directory.resolve("alone.html"));
    assertThat(Files.readString(directory.resolve("alone.html")))
        .startsWith("<!doctype html>")
        .endsWith("</html>\n");
    try (var files = Files.list(directory)) {
      assertThat(files).hasSize(2);
    }
  }

  @Test
  void addsNothingToAFinishedReport() {
    var report = new ReportWriter(file(), PAGE);
    report.finish("", List.of(), "");
    report.close();
    assertThatIllegalStateException().isThrownBy(() -> report.fail("two", "late"));
  }

  @Test
  void refusesWhatBelongsToNoRow() {
    try (var report = new ReportWriter(file(), PAGE)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> report.add(entry("one", "lime")))
          .withMessage(
              "The figure \"lime\" of one belongs to no row; the rows are [image, saliency].");
    }
    var row = new Row("lime", "LIME", "", Map.of());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ReportPage("Report", "", 0, List.of(row, row)))
        .withMessageContaining("lime");
  }

  @Test
  void saysWhereAReportCannotBeWritten() throws Exception {
    var blocking = Files.writeString(directory.resolve("file"), "");
    assertThatThrownBy(() -> new ReportWriter(blocking.resolve("index.html"), PAGE))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("choose another place");
  }

  @Test
  void needsNoMoreMemoryForMoreImages() throws Exception {
    var caption = "x".repeat(100_000);
    try (var report = new ReportWriter(file(), PAGE)) {
      var before = used();
      for (var i = 0; i < 1000; i++) {
        var figure = new Figure("a.png", "", caption + i, 0, Map.of());
        report.add(new ImageEntry("i" + i, "", "", "", "", 1, Map.of(ReportPage.IMAGE, figure)));
      }
      // The captions alone are 100 MB; what remains is the measurement's own noise.
      assertThat(used() - before).isLessThan(20_000_000);
      report.finish("1000 images", List.of(), "");
    }
    assertThat(Files.size(file())).isGreaterThan(100_000_000);
  }

  private static long used() {
    System.gc();
    var runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
