package org.pellucid.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The list of packages in the documentation is complete, and right about what is internal. */
class PackageListTests {
  private static final Path ROOT = Path.of(System.getProperty("pellucid.root"));
  private static final Pattern ROW =
      Pattern.compile("\\| `(org\\.pellucid\\.[a-z0-9.]+)` \\| `pellucid-");
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([a-z0-9.]+);");

  private static final List<String> MODULES =
      List.of(
          "engine",
          "weights",
          "models",
          "explain/core",
          "explain/search",
          "explain/server",
          "explain/cli");

  @Test
  void namesEachPackageAsApiOrInternal() throws IOException {
    assertThat(listed()).isEqualTo(present());
  }

  private static Map<String, Boolean> listed() throws IOException {
    var packages = new TreeMap<String, Boolean>();
    var internal = false;
    for (var line : Files.readAllLines(ROOT.resolve("docs/api.md"))) {
      internal |= line.startsWith("| internal package");
      var row = ROW.matcher(line);
      if (row.lookingAt()) {
        packages.put(row.group(1), internal);
      }
    }
    return packages;
  }

  private static Map<String, Boolean> present() throws IOException {
    var packages = new TreeMap<String, Boolean>();
    for (var module : MODULES) {
      try (var files = Files.walk(ROOT.resolve(module + "/src/main/java"))) {
        for (var file : (Iterable<Path>) files::iterator) {
          if (file.endsWith("package-info.java")) {
            var text = Files.readString(file);
            var name = PACKAGE.matcher(text);
            assertThat(name.find()).isTrue();
            packages.put(name.group(1), text.contains("<p>Internal: "));
          }
        }
      }
    }
    return packages;
  }
}
