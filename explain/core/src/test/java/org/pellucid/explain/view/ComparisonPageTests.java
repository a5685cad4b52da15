package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.explain.view.ComparisonPage.Cell;
import org.pellucid.explain.view.ComparisonPage.Failure;
import org.pellucid.explain.view.ComparisonPage.Line;
import org.pellucid.explain.view.ComparisonPage.Method;
import org.pellucid.explain.view.ComparisonPage.Metric;
import org.pellucid.explain.view.ComparisonPage.Place;

/** The page of a comparison, as a browser shows it. */
class ComparisonPageTests {
  @TempDir Path directory;

  private static Cell cell(double mean) {
    var line =
        new Line(
            "share of pixels removed",
            "probability",
            List.of(0.0, 0.5, 1.0),
            List.of(1.0, mean, 0.0),
            List.of(0.9, mean - 0.1, -0.1),
            List.of(1.1, mean + 0.1, 0.1));
    return new Cell(mean, mean - 0.1, mean + 0.1, 13, List.of(line));
  }

  private static ComparisonPage page() {
    var methods =
        List.of(
            new Method("one", "Method <one>", Map.of("steps", "50")),
            new Method("two", "Method two", Map.of()));
    var places = List.of(new Place(1, 1, 1, 1.5, 0.966), new Place(0, 2, 1.5, 2, 0.034));
    return new ComparisonPage(
        "Compared",
        "13 images",
        13,
        methods,
        List.of(
            new Metric(
                "deletion",
                "Deletion",
                "An area.",
                "A paper",
                "lower",
                Map.of("baseline", "mean"),
                List.of(cell(0.75), cell(0.25)),
                places),
            new Metric(
                "sparseness",
                "Sparseness",
                "An index.",
                "",
                "higher",
                Map.of(),
                List.of(
                    new Cell(0.5, 0.4, 0.6, 12, List.of()),
                    new Cell(Double.NaN, Double.NaN, Double.NaN, 0, List.of())),
                places.reversed())),
        places,
        List.of(new Failure("cat", "mask", "There is no <mask>.")));
  }

  private String rendered(String state, String script) throws Exception {
    return Browser.find().render(page(), state, script, directory);
  }

  @Test
  void showsFiguresWithIntervalsAndMarksTheBest() throws Exception {
    var html = rendered("", "");
    assertThat(html)
        .contains(
            "0.750",
            "0.150 … 0.350",
            "<td class=\"figure best\" data-metric=\"deletion\" data-method=\"two\">",
            "<td class=\"figure\" data-metric=\"deletion\" data-method=\"one\">",
            "<td class=\"figure best\" data-metric=\"sparseness\" data-method=\"one\">",
            "12 of 13 images",
            "no figure",
            "↓ lower is better",
            "Method &lt;one&gt;",
            "There is no &lt;mask&gt;.",
            "<code>mean</code>");
    assertThat(html)
        .contains("Method two is first with a probability of 97&nbsp;% of being the best.");
  }

  @Test
  void drawsAnIntervalForEachMethodAndItsCurves() throws Exception {
    var html = rendered("", "");
    assertThat(html.split("class=\"mean\" cx", -1)).hasSize(1 + 2 + 2 + 1);
    assertThat(html.split("class=\"curve", -1)).hasSize(1 + 2 + 1);
    assertThat(html).contains("probability over share of pixels removed");
    var other = rendered("", "document.querySelectorAll('.curves button')[1].click();");
    assertThat(band(other)).isNotEqualTo(band(html));
  }

  private static String band(String html) {
    var from = html.indexOf("class=\"band\"");
    return html.substring(from, html.indexOf("</path>", from));
  }

  @Test
  void ranksByTheChosenMetric() throws Exception {
    var html = rendered("ranked=sparseness", "");
    assertThat(html).contains("Method &lt;one&gt; is first with a probability of 3.4&nbsp;%");
    var clicked =
        rendered("", "document.querySelectorAll('[aria-label=\"ranked by\"] button')[2].click();");
    assertThat(clicked).contains("Method &lt;one&gt; is first with a probability of 3.4&nbsp;%");
  }

  @Test
  void refusesPartsThatDontFit() {
    var page = page();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new ComparisonPage(
                    "", "", 1, page.methods().subList(0, 1), page.metrics(), List.of(), List.of()));
  }
}
