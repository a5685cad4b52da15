package org.pellucid.explain.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.explain.method.ResultFileException;
import org.pellucid.weights.UnusableFileException;

/** One run at a time in a folder, and nothing half of an earlier one. */
class OutputFolderTests {
  private static final String MANIFEST = "{\"schema\" : \"pellucid-manifest\", \"version\" : 1}";

  @TempDir Path directory;

  @Test
  void isHeldByOneRunAndGivenBack() throws IOException {
    var out = directory.resolve("deep/out");
    try (var folder = OutputFolder.open(out)) {
      assertThat(folder.directory()).isDirectory();
      assertThatThrownBy(() -> OutputFolder.open(out))
          .isInstanceOf(ResultFileException.class)
          .hasMessage(
              "Another run writes to %s; wait for its end or choose another place.".formatted(out));
    }
    assertThat(out).isEmptyDirectory();
    OutputFolder.open(out).close();
  }

  @Test
  void isHeldAgainstAnotherProcessUntilThatDies() throws Exception {
    var process = holder();
    try (var lines = process.inputReader()) {
      assertThat(lines.readLine()).isEqualTo("held");
      assertThatThrownBy(() -> OutputFolder.open(directory)).hasMessageContaining("Another run");
      process.toHandle().destroyForcibly();
      process.waitFor();
      OutputFolder.open(directory).close();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void endsItsRunWhenTheProcessIsToldToEnd() throws Exception {
    var process = holder();
    try (var lines = process.inputReader()) {
      assertThat(lines.readLine()).isEqualTo("held");
      process.toHandle().destroy();
      assertThat(lines.readLine()).isEqualTo("interrupted");
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(directory).isEmptyDirectory();
    } finally {
      process.destroyForcibly();
    }
  }

  /** A process that holds the folder; a test's class path may not be in the JVM's property. */
  private Process holder() throws IOException {
    var classes =
        Stream.of(
                Holder.class,
                OutputFolder.class,
                UnusableFileException.class,
                JsonMapper.class,
                JsonFactory.class,
                JsonInclude.class)
            .map(type -> type.getProtectionDomain().getCodeSource().getLocation().getPath())
            .collect(Collectors.joining(File.pathSeparator));
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(java, "-cp", classes, Holder.class.getName(), directory.toString())
        .redirectErrorStream(true)
        .start();
  }

  /** Holds a folder until it is interrupted or killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String[] arguments) {
      try (var _ = OutputFolder.open(Path.of(arguments[0]))) {
        System.out.println("held");
        waitForInterruption();
      }
    }

    /** The process may end as soon as the folder is given back, so this prints before. */
    private static void waitForInterruption() {
      try {
        TimeUnit.MINUTES.sleep(2);
      } catch (InterruptedException _) {
        System.out.println("interrupted");
      }
    }
  }

  @Test
  void removesWhatAnEarlierRunLeftButNobodysResults() throws IOException {
    var inner = Files.createDirectory(directory.resolve("3_5"));
    for (var file : List.of("index.html", ".pellucid-1.tmp", "3_5/.pellucid-2.tmp", "3_5/a.npy")) {
      Files.writeString(directory.resolve(file), "x");
    }
    OutputFolder.open(directory).close();
    assertThat(directory.resolve("index.html")).exists();
    assertThat(directory.resolve(".pellucid-1.tmp")).doesNotExist();
    assertThat(inner).isDirectoryNotContaining("glob:**.tmp").isDirectoryContaining("glob:**.npy");

    Files.writeString(directory.resolve("manifest.json"), MANIFEST);
    OutputFolder.open(directory).close();
    assertThat(directory.resolve("index.html")).doesNotExist();
    assertThat(directory.resolve("manifest.json")).doesNotExist();

    Files.writeString(directory.resolve("manifest.json"), "{\"name\": \"another program's\"}");
    OutputFolder.open(directory).close();
    assertThat(directory.resolve("manifest.json")).exists();
  }

  @Test
  void saysAtOnceWhereNothingCanBeWritten() throws IOException {
    var file = Files.writeString(directory.resolve("file"), "x");
    assertThatThrownBy(() -> OutputFolder.open(file))
        .isInstanceOf(ResultFileException.class)
        .hasMessage(
            "The folder %s can't be written to (there is a file of that name); choose another place."
                .formatted(file));
    assertThatThrownBy(() -> OutputFolder.open(file.resolve("out")))
        .hasMessageContaining("can't be written to (");
  }
}
