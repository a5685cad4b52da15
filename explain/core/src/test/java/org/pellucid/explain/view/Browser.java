package org.pellucid.explain.view;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.pellucid.testing.Chromium;

/** Opens pages in a Chromium. */
record Browser(Chromium chromium) {
  /** The first Chromium on the PATH; without one the test is skipped. */
  static Browser find() {
    return new Browser(Chromium.findOrSkip());
  }

  /** A page's document after it was opened with a state and a script has run in it. */
  String render(Page page, String state, String script, Path scratch)
      throws IOException, InterruptedException {
    var file = scratch.resolve("page.html");
    Pages.write(page, file);
    var element = "<script type=\"module\">%s</script></body>".formatted(script);
    Files.writeString(file, Files.readString(file).replace("</body>", element));
    return render(file, state, scratch);
  }

  /** The page's document after its scripts have run, as HTML. */
  String render(Path page, String state, Path scratch) throws IOException, InterruptedException {
    return chromium.document(page.toUri() + "#" + state, scratch);
  }
}
