package org.pellucid.weights.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pellucid.weights.Limits;
import org.pellucid.weights.MappedFile;

/** Archives at the ends of what ZIP's narrow fields hold, read by the JDK's reader and by ours. */
class StoredZipTests {
  /** More than 16 bits count. */
  private static final int MANY = 0x1_0001;

  /** With a directory entry's 46 bytes and the widest ZIP64 field's 28 it makes 65535. */
  private static final int LONGEST = 65461;

  @TempDir Path directory;

  private Path archive(int entries) throws IOException {
    var file = directory.resolve(entries + ".zip");
    try (var zip = new StoredZip(file)) {
      for (var i = 0; i < entries; i++) {
        zip.add("e" + i, new byte[] {(byte) i});
      }
    }
    return file;
  }

  private static void checkReads(Path file, int entries) throws IOException {
    try (var jdk = new ZipFile(file.toFile());
        var arena = Arena.ofConfined()) {
      var ours = new ZipDirectory(file, MappedFile.map(file, arena), Limits.standard());
      assertThat(jdk.size()).isEqualTo(entries);
      assertThat(ours.entries()).hasSize(entries);
      var last = "e" + (entries - 1);
      assertThat(jdk.getInputStream(jdk.getEntry(last)).readAllBytes())
          .containsExactly((byte) (entries - 1));
      ours.entry(last).orElseThrow().verifyChecksum(Limits.standard());
    }
  }

  @Test
  void countsMoreEntriesThanSixteenBitsHold() throws IOException {
    checkReads(archive(1), 1);
    checkReads(archive(0xfffe), 0xfffe);
    checkReads(archive(0xffff), 0xffff);
    checkReads(archive(MANY), MANY);
  }

  @Test
  void takesTheLongestNameAndRefusesALongerOne() throws IOException {
    var file = directory.resolve("names.zip");
    var longest = "é".repeat(LONGEST / 2) + "e".repeat(LONGEST % 2);
    try (var zip = new StoredZip(file)) {
      zip.add(longest, new byte[1]);
      assertThatThrownBy(() -> zip.add(longest + "e", new byte[1]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("65462 bytes where 65461 fit");
    }
    try (var jdk = new ZipFile(file.toFile())) {
      assertThat(jdk.stream().map(entry -> entry.getName())).containsExactly(longest);
    }
  }
}
