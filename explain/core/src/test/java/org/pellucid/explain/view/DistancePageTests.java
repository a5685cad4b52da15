package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.explain.text.WordDistances.Metric;

/** Reads and clicks what the comparison page draws in a real browser. */
class DistancePageTests {
  private static final List<String> LABELS = List.of("river", "money", "money", "river", "blood");

  @TempDir Path directory;

  private Browser browser;

  @BeforeEach
  void findBrowser() {
    browser = Browser.find();
  }

  private String rendered(Page page, String state, String script) throws Exception {
    return browser.render(page, state, script, directory);
  }

  /** The page has scalar products only; the other numbers follow from them. */
  @Test
  void drawsTheDistancesOfTheLayerInTheColoursOfTheImages() throws Exception {
    var found = SamplePages.comparison(Optional.of(LABELS));
    var page = DistancePage.of("sample", found, Metric.EUCLIDEAN);
    var parts =
        rendered(
                page,
                "layer=3",
                """
                for (const button of document.querySelectorAll('[aria-label=metric] button')) {
                  button.click();
                  const copy = document.createElement('section');
                  copy.className = 'copy';
                  copy.innerHTML = document.querySelector('main').innerHTML;
                  document.body.append(copy);
                }
                """)
            .split("<section class=\"copy\">");
    var shown = List.of(Metric.COSINE, Metric.EUCLIDEAN, Metric.DOT);
    for (var metric : shown) {
      var html = parts[1 + shown.indexOf(metric)];
      var matrix = found.distances().tables(metric)[3];
      var all = Arrays.stream(matrix).flatMapToDouble(Arrays::stream).summaryStatistics();
      assertThat(html).contains("layer 3</h2>");
      for (var row : matrix) {
        for (var value : row) {
          var share = (value - all.getMin()) / (all.getMax() - all.getMin());
          var level = Math.round(share * 255);
          var colour = "fill=\"#%06x\"".formatted(ColourMap.VIRIDIS.rgb(level / 255.0));
          var digits = Math.abs(value) >= 10 ? "%.1f" : "%.2f";
          var text = String.format(Locale.ROOT, ">" + digits + "</text>", value);
          assertThat(html).contains(colour, text.replace('-', '−'));
        }
      }
      var means = found.means().get(metric);
      assertThat(html)
          .contains(
              String.format(Locale.ROOT, "between groups<b>%.3f", means.between()[3]),
              String.format(Locale.ROOT, "within river<b>%.3f", means.within()[0][3]),
              "Not compared",
              "line 6: The sentence “&lt;b&gt;” is &lt;script&gt;.");
    }
  }

  @Test
  void sortsByGroupAndByTree() throws Exception {
    var found = SamplePages.comparison(Optional.of(LABELS));
    var page = DistancePage.of("sample", found, Metric.COSINE);
    var order =
        "document.body.dataset.%s = [...document.querySelectorAll('.sentence .number')]"
            + ".map((n) => n.textContent).join();";
    var click = "[...document.querySelectorAll('[aria-label=order] button')][2].click();";
    var html =
        rendered(page, "layer=2", order.formatted("group") + click + order.formatted("tree"));
    var leaves = found.trees().get(2).leafOrder();
    var joined =
        Arrays.stream(leaves).mapToObj(i -> String.valueOf(i + 1)).collect(Collectors.joining(","));
    assertThat(html).contains("data-group=\"1,4,2,3,5\"", "data-tree=\"%s\"".formatted(joined));
    assertThat(html.split("class=\"branch\"", -1)).hasSize(5);
  }

  @Test
  void findsGroupsWhereNoneAreGiven() throws Exception {
    var page = SamplePages.distances();
    assertThat(page.groupsGiven()).isFalse();
    var html = rendered(page, "", "document.querySelectorAll('.multiples button')[11].click();");
    assertThat(html)
        .contains("found by average linkage of cosine distances at layer 9", "layer 11</h2>");
  }

  /** The form sends lists for lines and groups, and the answer takes the page's place. */
  @Test
  void asksItsServerForOtherSentences() throws Exception {
    var page = SamplePages.distances();
    var other =
        DistancePage.of(
            "other model", SamplePages.comparison(Optional.of(LABELS)), Metric.EUCLIDEAN);
    var request =
        Map.of("model", "sample", "word", "bank", "sentences", List.of("a bank", "the bank"));
    var access = new LiveAccess("/api/text/compare", List.of("sample", "other model"), request);
    var script =
        """
        <script type="module">
        const log = (text) => document.body.append(Object.assign(document.createElement('p'), {textContent: text}));
        window.fetch = async (path, {body}) => {
          log('asked ' + path + ' ' + body);
          return {ok: !body.includes('refuse'), json: async () => body.includes('refuse') ? {error: 'No such word.'} : %s};
        };
        const field = (label) => document.querySelector(`[aria-label="${label}"]`);
        const form = () => document.querySelector('form.live').requestSubmit();
        log('lines ' + JSON.stringify(field('Sentences, one a line').value));
        field('model').value = 'other model';
        field('Groups, one for each line, between commas (empty: found)').value = '0,1';
        form();
        setTimeout(() => {
          log('head ' + document.querySelector('header p').textContent);
          field('Word').value = 'refuse';
          form();
          setTimeout(() => log('problem ' + document.querySelector('.problem').textContent), 100);
        }, 100);
        </script></body>\
        """
            .formatted(Pages.json(other));
    var file = directory.resolve("page.html");
    Files.writeString(file, Pages.html(page, access).replace("</body>", script));
    var html = browser.render(file, "", directory);
    assertThat(html)
        .contains(
            "lines \"a bank\\nthe bank\"",
            "asked /api/text/compare {",
            "\"model\":\"other model\"",
            "\"sentences\":[\"a bank\",\"the bank\"]",
            "\"groups\":[\"0\",\"1\"]",
            "\"layer\":9,\"metric\":\"euclidean\"",
            "head other model · the vectors of “bank” in 5 sentences · 3 groups as given",
            "problem No such word.");
  }
}
