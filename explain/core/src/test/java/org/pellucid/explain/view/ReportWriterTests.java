package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.explain.view.ReportPage.Figure;
import org.pellucid.explain.view.ReportPage.ImageEntry;
import org.pellucid.explain.view.ReportPage.Row;

/** Reports of few and of many images, as files and in a real browser. */
class ReportWriterTests {
  private static final Pattern FIGURE =
      Pattern.compile(
          "<figure data-row=\"([^\"]*)\" data-image=\"([^\"]*)\">.*?<figcaption>([^<]*)</");

  private static final ReportPage PAGE =
      new ReportPage(
          "Report",
          List.of(
              new Row(ReportPage.IMAGE, "The images", "As they are.", Map.of()),
              new Row("saliency", "Saliency", "Gradients.", Map.of("of", "score"))));

  @TempDir Path directory;

  private Path file() {
    return directory.resolve("report/index.html");
  }

  private static ImageEntry entry(String name, String... rows) {
    var figures = new LinkedHashMap<String, Figure>();
    for (var row : rows) {
      figures.put(row, new Figure(name + "/" + row + ".png", row + " of " + name, Map.of(), ""));
    }
    return new ImageEntry(name, figures);
  }

  private static List<String> captions(String html) {
    var captions = new ArrayList<String>();
    FIGURE
        .matcher(html)
        .results()
        .forEach(m -> captions.add("%s %s: %s".formatted(m.group(1), m.group(2), m.group(3))));
    return captions;
  }

  private Browser browser() {
    var found = Browser.find();
    assumeTrue(found.isPresent(), "no Chromium on the PATH; the page is not tried in a browser");
    return found.get();
  }

  @Test
  void keepsFiguresWithTheirImagesWhereAMethodIsMissing() throws Exception {
    var browser = browser();
    try (var report = new ReportWriter(file(), PAGE)) {
      report.add(entry("one", "saliency", "image"));
      report.add(entry("two", "image"));
      report.fail("broken", "The file is empty.");
      report.add(entry("three", "image", "saliency"));
      report.finish("3 images", List.of(), "The end");
    }
    var html = browser.render(file(), "", directory);
    assertThat(captions(html))
        .containsExactly(
            "image one: image of one",
            "image two: image of two",
            "image three: image of three",
            "saliency one: saliency of one",
            "saliency two: ",
            "saliency three: saliency of three");
    assertThat(html)
        .contains("1 image failed", "<th>broken</th><td>The file is empty.</td>")
        .contains("3 images", "The end", "no figure");
  }

  @Test
  void showsManyImagesAsRowsInPages() throws Exception {
    var browser = browser();
    try (var report = new ReportWriter(file(), PAGE)) {
      for (var i = 0; i < 500; i++) {
        report.add(i == 123 ? entry("i123", "image") : entry("i" + i, "image", "saliency"));
      }
      report.finish("500 images", List.of(), "");
    }
    var first = browser.render(file(), "", directory);
    assertThat(captions(first))
        .hasSize(100)
        .startsWith("image i0: image of i0", "saliency i0: saliency of i0", "image i1: image of i1")
        .endsWith("saliency i49: saliency of i49");
    assertThat(first).contains("Images 1 to 50 of 500");
    var third = browser.render(file(), "page=2", directory);
    assertThat(captions(third))
        .hasSize(100)
        .contains("image i123: image of i123", "saliency i123: ");
    assertThat(captions(browser.render(file(), "page=99", directory))).isEqualTo(captions(first));
  }

  @Test
  void goesToTheNextPageAndEnlargesAtAClick() throws Exception {
    var browser = browser();
    try (var report = new ReportWriter(file(), PAGE)) {
      for (var i = 0; i < 51; i++) {
        report.add(entry("i" + i, "image", "saliency"));
      }
      report.finish("51 images", List.of(), "");
    }
    var clicks =
        """
        <script type="module">
        [...document.querySelectorAll('button')].find((b) => b.textContent.startsWith('Next')).click();
        document.querySelector('figure[data-row=saliency] button').click();
        </script>
        """;
    var clicked = directory.resolve("clicked.html");
    Files.writeString(clicked, Files.readString(file()).replace("</body>", clicks + "</body>"));
    var html = browser.render(clicked, "", directory);
    assertThat(captions(html))
        .containsExactly("image i50: image of i50", "saliency i50: saliency of i50");
    assertThat(html).contains("<dialog open", "alt=\"Saliency of i50\"");
  }

  @Test
  void leavesNothingOfAReportThatIsNotFinished() throws Exception {
    try (var report = new ReportWriter(file(), PAGE)) {
      report.add(entry("one", "image"));
      assertThat(file()).doesNotExist();
    }
    try (var files = Files.list(file().getParent())) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void replacesAnEarlierReportOnlyWhenFinished() throws Exception {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "earlier");
    var report = new ReportWriter(file(), PAGE);
    report.add(entry("one", "image"));
    assertThat(file()).hasContent("earlier");
    report.finish("1 image", List.of(), "");
    assertThat(Files.readString(file())).startsWith("<!doctype html>").endsWith("</html>\n");
    try (var files = Files.list(file().getParent())) {
      assertThat(files).containsExactly(file());
    }
    report.close();
    assertThat(file()).exists();
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
        .isThrownBy(() -> new ReportPage("Report", List.of(row, row)))
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
        var figure = new Figure("a.png", caption + i, Map.of(), "");
        report.add(new ImageEntry("i" + i, Map.of(ReportPage.IMAGE, figure)));
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
