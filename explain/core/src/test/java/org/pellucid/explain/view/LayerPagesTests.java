package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Goes through the layers of pages in a real browser. */
class LayerPagesTests {
  @TempDir Path directory;

  private Browser browser;

  @BeforeEach
  void findBrowser() {
    browser = Browser.find();
  }

  /** The page's document after it was opened with a state and a script has run in it. */
  private String rendered(Page page, String state, String script) throws Exception {
    return browser.render(page, state, script, directory);
  }

  private static String pressed(String key) {
    return "document.body.dispatchEvent(new KeyboardEvent('keydown', {key: '%s', bubbles: true}));"
        .formatted(key);
  }

  @Test
  void goesThroughTheLayersByArrowKeys() throws Exception {
    var page = SamplePages.distances();
    assertThat(rendered(page, "layer=11", pressed("ArrowRight"))).contains("distance, layer 12<");
    assertThat(rendered(page, "layer=12", pressed("ArrowRight"))).contains("distance, layer 12<");
    assertThat(rendered(page, "layer=1", pressed("ArrowLeft"))).contains("distance, layer 0<");
  }
}
