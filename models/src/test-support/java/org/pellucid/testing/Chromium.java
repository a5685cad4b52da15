package org.pellucid.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Chromium that runs a page without a window. */
public record Chromium(Path program) {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final int SECONDS = 60;

  /** The first one on the PATH. */
  public static Optional<Chromium> find() {
    var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Arrays.stream(path.split(File.pathSeparator))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Chromium::new);
  }

  /** The first one on the PATH; without one the test is skipped. */
  public static Chromium findOrSkip() {
    var found = find();
    assumeTrue(found.isPresent(), "no Chromium on the PATH; the page is not tried in a browser");
    return found.get();
  }

  /**
   * Starts it.
   *
   * @param output receives what it prints
   * @param arguments further ones, the last of which is an address
   */
  public Process start(Path profile, ProcessBuilder.Redirect output, String... arguments)
      throws IOException {
    var command =
        new ArrayList<>(
            List.of(
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
                "--user-data-dir=" + profile));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectOutput(output)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** A page's document after its scripts have run, as HTML. */
  public String document(String address, Path scratch) throws IOException, InterruptedException {
    var output = Files.createTempFile(scratch, "document", ".html");
    var profile = Files.createTempDirectory("chromium");
    try {
      var process =
          start(
              profile,
              ProcessBuilder.Redirect.to(output.toFile()),
              "--virtual-time-budget=2000",
              "--dump-dom",
              address);
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        kill(process);
        throw new IOException("Chromium took more than %d seconds.".formatted(SECONDS));
      }
      return Files.readString(output);
    } finally {
      deleteProfile(profile);
    }
  }

  /** Ends it with all its helpers. */
  public static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  /** Deletes a profile; its helpers may still be tidying up, so what is gone is fine. */
  public static void deleteProfile(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (var file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        file.toFile().delete();
      }
    } catch (UncheckedIOException _) {
      folder.toFile().deleteOnExit();
    }
  }
}
