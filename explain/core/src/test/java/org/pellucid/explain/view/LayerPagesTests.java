package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reads what the embedding and distance pages draw in a real browser, layer by layer. */
class LayerPagesTests {
  @TempDir Path directory;

  private Browser browser;

  @BeforeEach
  void findBrowser() {
    var found = Browser.find();
    assumeTrue(found.isPresent(), "no Chromium on the PATH; the pages are not tried in a browser");
    browser = found.get();
  }

  /** The page's document after it was opened with a state and a script has run in it. */
  private String rendered(Page page, String state, String script) throws Exception {
    var file = directory.resolve("page.html");
    Pages.write(page, file);
    var element = "<script type=\"module\">%s</script></body>".formatted(script);
    Files.writeString(file, Files.readString(file).replace("</body>", element));
    return browser.render(file, state, directory);
  }

  private static String pressed(String key) {
    return "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '%s', bubbles: true}));"
        .formatted(key);
  }

  @Test
  void drawsTheDistancesOfTheLayerInTheColoursOfTheImages() throws Exception {
    var page = SamplePages.distances();
    var matrix = page.cosine()[3];
    var low = Arrays.stream(matrix).flatMapToDouble(Arrays::stream).min().orElseThrow();
    var html = rendered(page, "layer=3&metric=cosine", "");
    assertThat(html).contains("Cosine similarity, layer 3");
    for (var row : matrix) {
      for (var value : row) {
        var level = Math.round((value - low) / (1 - low) * 255);
        var colour = "fill=\"#%06x\"".formatted(ColourMap.VIRIDIS.rgb(level / 255.0));
        assertThat(html).contains(colour, String.format(Locale.ROOT, ">%.2f</text>", value));
      }
    }
  }

  @Test
  void goesThroughTheLayersByArrowKeys() throws Exception {
    var page = SamplePages.distances();
    assertThat(rendered(page, "layer=11", pressed("ArrowRight"))).contains("distance, layer 12<");
    assertThat(rendered(page, "layer=12", pressed("ArrowRight"))).contains("distance, layer 12<");
    assertThat(rendered(page, "layer=1", pressed("ArrowLeft"))).contains("distance, layer 0<");
  }

  @Test
  void placesTheTokensOfTheLayer() throws Exception {
    var page = SamplePages.embedding();
    var last = rendered(page, "", "");
    assertThat(last).contains("Layer 12 · first component", "<output>12</output>", "max=\"12\"");
    var first = rendered(page, "tab=1&layer=0", "");
    assertThat(first).contains("Embeddings (layer 0) · first component 30.0&nbsp;%", ">word20<");
    // Of 25 tokens three are special, and hidden until asked for.
    assertThat(first.split("class=\"moving", -1)).hasSize(1 + 22);
    var all = rendered(page, "tab=1", "document.querySelector('input[type=checkbox]').click();");
    assertThat(all.split("class=\"moving", -1)).hasSize(1 + 25);
  }
}
