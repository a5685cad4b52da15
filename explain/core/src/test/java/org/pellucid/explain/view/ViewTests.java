package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.explain.attention.AttentionMaps;
import org.pellucid.explain.text.WordDistances.Metric;

class ViewTests {
  private static final String HOSTILE = "</script><script>alert(1)</script><!--<script>";

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"attention", "embedding", "distances", "index"})
  void writesPagesThatNeedNoNetwork(String name) throws IOException {
    SamplePages.main(new String[] {directory.toString()});
    var page = Files.readString(directory.resolve(name + ".html"));
    assertThat(page.replace("http://www.w3.org/2000/svg", ""))
        .doesNotContain("http://", "https://", "@import", "url(", "{{");
    assertThat(page).doesNotContainPattern("<(link|script|img|iframe)[^>]*(src|href)=");
  }

  @Test
  void escapesWhatItIsGiven() throws IOException {
    var attention = attention(HOSTILE, 1, 0, 0.5f, 0.5f);
    Pages.write(
        new AttentionPage(
            HOSTILE, HOSTILE, HOSTILE, HOSTILE, List.of(HOSTILE, HOSTILE), List.of(attention)),
        directory.resolve("a.html"));
    var row = new ReportPage.Row(HOSTILE, HOSTILE, HOSTILE, Map.of(HOSTILE, HOSTILE));
    var figure = new ReportPage.Figure("a", HOSTILE, HOSTILE, 0, Map.of(HOSTILE, 1.0));
    var reportPage = new ReportPage(HOSTILE, HOSTILE, 1, List.of(row));
    try (var report = new ReportWriter(directory.resolve("r.html"), reportPage)) {
      report.add(
          new ReportPage.ImageEntry(
              HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, 0.5, Map.of(HOSTILE, figure)));
      report.fail(HOSTILE, HOSTILE);
      var card = new ReportPage.Card(HOSTILE, HOSTILE, HOSTILE);
      report.finish(HOSTILE, List.of(card), HOSTILE);
    }
    // Colours, data and the script; the report has an image, a failure and a summary as well.
    for (var elements : Map.of("a.html", 3, "r.html", 6).entrySet()) {
      var page = Files.readString(directory.resolve(elements.getKey()));
      assertThat(page).doesNotContain("<script>alert").doesNotContain("<!--");
      assertThat(page.split("</script>", -1)).hasSize(elements.getValue() + 1);
      assertThat(data(page).get("title").textValue()).isEqualTo(HOSTILE);
    }
  }

  @Test
  void refusesPartsThatDoNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                AttentionPage.Variant.of(
                    "x",
                    List.of("x"),
                    new int[2],
                    new AttentionMaps(1, 1, 1, new float[] {1}),
                    List.of(),
                    List.of()))
        .withMessage("The page's part \"segments\" doesn't fit its other parts.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> attention("x", 1, 0, Float.NaN, 0.5f))
        .withMessageContaining("NaN");
    var distances = SamplePages.distances();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new DistancePage(
                    "t",
                    "m",
                    "w",
                    13,
                    Metric.COSINE,
                    distances.sentences(),
                    distances.groups(),
                    false,
                    13,
                    distances.products(),
                    distances.trees(),
                    distances.orders(),
                    distances.means(),
                    List.of()))
        .withMessageContaining("layer");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SamplePages.tab("n", List.of("x", "y"), List.of(), vectors()))
        .withMessageContaining("roles");
  }

  private static List<float[]> vectors() {
    return List.of(new float[] {1, 2, 3, 4});
  }

  @Test
  void givesThePagesTheColoursOfTheImages() throws IOException {
    Pages.write(SamplePages.distances(), directory.resolve("d.html"));
    var colours = json(Files.readString(directory.resolve("d.html")), "colours");
    assertThat(colours).hasSize(ColourMap.values().length);
    var viridis = colours.get("viridis").textValue();
    assertThat(viridis).hasSize(6 * 257).startsWith("440154").endsWith("fde725ff00ff");
    assertThat(viridis.substring(6 * 100, 6 * 101))
        .isEqualTo("%06x".formatted(ColourMap.VIRIDIS.rgb(100 / 255.0)));
  }

  private static AttentionPage.Variant attention(String token, float... attention) {
    var tokens = List.of("[CLS]", token);
    return AttentionPage.Variant.of(
        token,
        tokens,
        new int[] {0, 0},
        new AttentionMaps(1, 1, 2, attention),
        List.of(),
        List.of());
  }

  private static JsonNode data(String page) throws IOException {
    return json(page, "data");
  }

  private static JsonNode json(String page, String id) throws IOException {
    var open = "<script type=\"application/json\" id=\"%s\">".formatted(id);
    var from = page.indexOf(open) + open.length();
    return new JsonMapper().readTree(page.substring(from, page.indexOf("</script>", from)));
  }
}
