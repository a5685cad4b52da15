package org.pellucid.explain;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.explain.view.Page;
import org.pellucid.explain.view.Pages;

/** A page of another package: one class and one script. */
class OwnPageTests {
  private record OwnPage(String title, List<String> words) implements Page {
    @Override
    public List<String> scripts() {
      return List.of("own.js");
    }
  }

  @Test
  void writesAPageWithItsOwnScriptAndTheSharedOnes(@TempDir Path directory) throws Exception {
    var file = directory.resolve("own.html");
    Pages.write(new OwnPage("Own", List.of("one", "two")), file);
    assertThat(Files.readString(file))
        .contains("{\"title\":\"Own\",\"words\":[\"one\",\"two\"]}")
        .containsSubsequence("modules['dom.js'] =", "modules['own.js'] =", "A page from another")
        .doesNotContain("modules['controls.js']");
  }
}
