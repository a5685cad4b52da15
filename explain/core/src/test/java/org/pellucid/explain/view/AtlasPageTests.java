package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.explain.view.AtlasPage.Entry;
import org.pellucid.explain.view.AtlasPage.Strong;

/** Opens an atlas of filters in a real browser. */
class AtlasPageTests {
  private static final AtlasPage PAGE =
      new AtlasPage(
          "Filters",
          "food",
          Map.of("iterations", "128"),
          List.of(
              entry("cnn.0", 3, 7.25, List.of(new Strong("<b>ش", "images/a.png", 5.5, 0.25, 0.75))),
              entry("cnn.0", 9, 8.125, List.of()),
              entry("fc.0", 1, -2, List.of())));

  @TempDir Path directory;

  private Browser browser;

  private static Entry entry(String layer, int filter, double after, List<Strong> strongest) {
    var stem = layer + "/" + filter;
    return new Entry(layer, filter, stem + ".png", stem + ".npy", 1, after, strongest);
  }

  @BeforeEach
  void findBrowser() {
    browser = Browser.find();
  }

  private String rendered(String state, String script) throws Exception {
    return browser.render(PAGE, state, script, directory);
  }

  private static String pressed(String key) {
    return "document.querySelector('dialog').dispatchEvent(new KeyboardEvent('keydown', {key: '%s'}));"
        .formatted(key);
  }

  @Test
  void showsALayerAtATime() throws Exception {
    assertThat(rendered("", ""))
        .contains("2 filters of cnn.0", "cnn.0/3.png", "7.25", "8.125")
        .doesNotContain("<dialog open", "src=\"fc.0/1.png");
    assertThat(rendered("layer=1", "")).contains("1 filters of fc.0", "src=\"fc.0/1.png");
  }

  @Test
  void sortsByStrength() throws Exception {
    var html = rendered("order=strength", "");
    assertThat(html.indexOf("data-filter=\"9\"")).isLessThan(html.indexOf("data-filter=\"3\""));
  }

  @Test
  void showsAFilterLargeWithTheImagesThatItRespondsTo() throws Exception {
    assertThat(rendered("filter=3", ""))
        .contains("cnn.0, filter 3", "&lt;b&gt;ش · 5.5", "left:75%;top:25%", "<td>128</td>");
  }

  @Test
  void goesThroughTheFiltersByArrowKeys() throws Exception {
    assertThat(rendered("filter=3", pressed("ArrowRight"))).contains("cnn.0, filter 9");
    assertThat(rendered("filter=9", pressed("ArrowRight"))).contains("cnn.0, filter 9");
    assertThat(rendered("filter=9", pressed("ArrowLeft"))).contains("cnn.0, filter 3");
  }
}
