package org.pellucid.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.numpy.Npy;

/** Files that appear whole or not at all, whatever stands in the way. */
class AtomicFileTests {
  @TempDir Path directory;

  private static WeightsException failure(Path file, AtomicFile.Content content) {
    return catchThrowableOfType(
        WeightsException.class, () -> AtomicFile.writeWeights(file, content));
  }

  @Test
  void letsTwoWritersOfOneFileFinish() throws IOException {
    var file = directory.resolve("x");
    AtomicFile.write(
        file,
        outer -> {
          Files.writeString(outer, "outer");
          AtomicFile.write(file, inner -> Files.writeString(inner, "inner"));
          assertThat(file).hasContent("inner");
        });
    assertThat(file).hasContent("outer");
    assertThat(directory.toFile().list()).containsExactly("x");
  }

  @Test
  void followsNoLinkAndTouchesNoFileThatAnOlderTemporaryOneLeft() throws IOException {
    var other = Files.writeString(directory.resolve("other"), "precious");
    var old = ".x.npy.%d.tmp".formatted(ProcessHandle.current().pid());
    var link = Files.createSymbolicLink(directory.resolve(old), other);
    var file = directory.resolve("x.npy");
    Npy.write(file, new float[] {1}, 1);
    assertThat(Npy.read(file).floats()).containsExactly(1);
    assertThat(other).hasContent("precious");
    assertThat(link).isSymbolicLink();
    AtomicFile.write(
        file,
        temporary -> {
          assertThat(temporary).isRegularFile().isEmptyFile();
          Files.writeString(temporary, "new");
        });
    assertThat(file).hasContent("new");
  }

  @Test
  void writesUnderTheLongestNameThatAFileMayHave() throws IOException {
    var file = directory.resolve("x".repeat(255));
    AtomicFile.write(file, temporary -> Files.writeString(temporary, "whole"));
    assertThat(file).hasContent("whole");
  }

  @Test
  void leavesNothingBehindWhenTheDiskIsFull() throws IOException {
    var file = directory.resolve("x");
    Files.writeString(file, "before");
    AtomicFile.Content full =
        temporary -> {
          Files.writeString(temporary, "half");
          throw new IOException("No space left on device");
        };
    assertThat(failure(file, full))
        .hasMessage(
            file
                + ": the file can't be written (No space left on device); choose another location");
    assertThat(file).hasContent("before");
    assertThat(failure(directory.resolve("new/and/deep/x"), full).kind()).isEqualTo(Cause.FILE);
    assertThat(directory.toFile().list()).containsExactly("x");
  }

  @Test
  void saysInOneSentenceWhatStandsInTheWay() throws IOException {
    AtomicFile.Content content = temporary -> Files.writeString(temporary, "whole");
    var file = Files.writeString(directory.resolve("file"), "before");
    assertThat(failure(file.resolve("x"), content))
        .hasMessageEndingWith(
            "(there is a file where a directory is needed); choose another location");
    assertThat(failure(file.resolve("deep/x"), content))
        .hasMessageEndingWith(
            ": the file can't be written (Not a directory); choose another location");
    var taken = Files.createDirectory(directory.resolve("taken"));
    assertThat(failure(taken, content))
        .hasMessageEndingWith(
            ": the file can't be written (Is a directory); choose another location");
    assertThat(file).hasContent("before");
    assertThat(taken).isEmptyDirectory();
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("file", "taken");
  }
}
