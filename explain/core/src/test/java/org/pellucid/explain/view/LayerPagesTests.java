package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
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
  void goesThroughTheLayersByArrowKeys() throws Exception {
    var page = SamplePages.distances();
    assertThat(rendered(page, "layer=11", pressed("ArrowRight"))).contains("distance, layer 12<");
    assertThat(rendered(page, "layer=12", pressed("ArrowRight"))).contains("distance, layer 12<");
    assertThat(rendered(page, "layer=1", pressed("ArrowLeft"))).contains("distance, layer 0<");
  }
}
