package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewTests {
  @TempDir Path directory;

  @Test
  void writesPagesThatNeedNoNetworkAndEscapeTheirData() throws IOException {
    var hostile = "</script><script>alert(1)</script>";
    var variant =
        new Views.AttentionVariant(
            "x",
            List.of("[CLS]", hostile),
            new int[] {0, 0},
            1,
            1,
            new float[] {1, 0, 0.5f, 0.5f},
            List.of(),
            List.of());
    var attention = directory.resolve("attention.html");
    Pages.write(new Views.Attention(hostile, "model", List.of(variant)), attention);
    var report = directory.resolve("index.html");
    Pages.write(
        new Views.Report(
            "t",
            "s",
            List.of(hostile),
            List.of(
                new Views.Row(
                    "r", "e", Map.of("p", "1"), List.of(new Views.Figure("a", "b", Map.of(), "")))),
            List.of(),
            "f"),
        report);
    for (var file : List.of(attention, report)) {
      var page = Files.readString(file);
      assertThat(page).doesNotContain(hostile).doesNotContain("https://").doesNotContain("{{");
      assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http://");
    }
  }
}
