package org.pellucid.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every Java file is formatted as google-java-format does it; {@code .ci/format} mends it. */
class FormatTests {
  private static final List<String> SOURCES =
      List.of(
          "engine/src",
          "weights/src",
          "models/src",
          "explain/core/src",
          "explain/search/src",
          "explain/server/src",
          "explain/cli/src",
          "bench/src",
          "docs/examples");

  @Test
  void everyFileIsFormatted() throws IOException {
    var root = Path.of(System.getProperty("pellucid.root"));
    var formatter = new Formatter(JavaFormatterOptions.defaultOptions());
    var unformatted = new ArrayList<Path>();
    for (var sources : SOURCES) {
      try (var files = Files.walk(root.resolve(sources))) {
        for (var file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          var source = Files.readString(file);
          if (!isFormatted(formatter, source)) {
            unformatted.add(root.relativize(file));
          }
        }
      }
    }
    assertThat(unformatted).as("run .ci/format").isEmpty();
  }

  private static boolean isFormatted(Formatter formatter, String source) {
    try {
      return formatter.formatSourceAndFixImports(source).equals(source);
    } catch (FormatterException e) {
      throw new AssertionError(e);
    }
  }
}
