package org.pellucid.explain.view;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Chromium that runs a page without a window. */
record Browser(Path program) {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final int SECONDS = 60;

  /** The first Chromium on the PATH; without one the test is skipped. */
  static Browser find() {
    var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    var found =
        Arrays.stream(path.split(File.pathSeparator))
            .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
            .filter(Files::isExecutable)
            .findFirst();
    assumeTrue(found.isPresent(), "no Chromium on the PATH; the page is not tried in a browser");
    return new Browser(found.get());
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
    var output = Files.createTempFile(scratch, "document", ".html");
    var profile = Files.createTempDirectory("chromium");
    try {
      var process =
          new ProcessBuilder(
                  program.toString(),
                  "--headless",
                  "--no-sandbox",
                  "--disable-gpu",
                  "--disable-quic",
                  "--disable-dev-shm-usage",
                  "--no-first-run",
                  "--disable-background-networking",
                  "--disable-component-update",
                  "--disable-sync",
                  "--user-data-dir=" + profile,
                  "--virtual-time-budget=2000",
                  "--dump-dom",
                  page.toUri() + "#" + state)
              .redirectOutput(output.toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new IOException("Chromium took more than %d seconds.".formatted(SECONDS));
      }
      return Files.readString(output);
    } finally {
      deleteTree(profile);
    }
  }

  // The browser's own helpers may still be tidying up the profile, so what is gone is fine.
  private static void deleteTree(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (var file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        file.toFile().delete();
      }
    } catch (UncheckedIOException _) {
      folder.toFile().deleteOnExit();
    }
  }
}
