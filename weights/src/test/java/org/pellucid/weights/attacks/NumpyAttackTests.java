package org.pellucid.weights.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.ZipBytes;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.numpy.Npy;
import org.pellucid.weights.numpy.Npz;

/** NPY and NPZ files in all the forms that NumPy writes, and in some that it refuses. */
class NumpyAttackTests {
  @TempDir Path directory;

  private static byte[] npy(int version, String header, byte... data) {
    var text = header.getBytes(StandardCharsets.US_ASCII);
    var wide = version > 1;
    var buffer =
        ByteBuffer.allocate((wide ? 12 : 10) + text.length + data.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    buffer.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    buffer.put((byte) version).put((byte) 0);
    if (wide) {
      buffer.putInt(text.length);
    } else {
      buffer.putShort((short) text.length);
    }
    return buffer.put(text).put(data).array();
  }

  private static String header(String descr, boolean fortran, String shape) {
    return "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }\n"
        .formatted(descr, fortran ? "True" : "False", shape);
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(directory.resolve("x.npy"), content);
  }

  private Path archive(Map<String, byte[]> entries, int method) throws IOException {
    return Files.write(directory.resolve("x.npz"), ZipBytes.of(entries, method));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void readsColumnMajorBigEndianIntegersOfEveryVersion(int version) throws IOException {
    var data = new byte[] {0, 1, 0, 4, 0, 2, 0, 5, 0, 3, 0, 6};
    var array = Npy.read(file(npy(version, header(">i2", true, "(2, 3)"), data)));
    assertThat(array.shape()).containsExactly(2, 3);
    assertThat(array.ints()).containsExactly(1, 2, 3, 4, 5, 6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "<f4; (99999999999999999999,); INVALID_HEADER",
        "<f4; (9223372036854775807, 9223372036854775807); INVALID_TENSOR",
        "<f4; (3,); INVALID_TENSOR",
        "<f4; (-1,); INVALID_HEADER",
        "|O; (1,); UNSUPPORTED",
        "<U7; (1,); UNSUPPORTED"
      })
  void refusesABrokenRule(String descr, String shape, Cause cause) throws IOException {
    var file = file(npy(1, header(descr, false, shape), new byte[8]));
    var error = catchThrowableOfType(WeightsException.class, () -> Npy.read(file));
    assertThat(error.kind()).isEqualTo(cause);
  }

  @Test
  void refusesAnUnknownVersion() throws IOException {
    var file = file(npy(9, header("<f4", false, "(1,)"), new byte[4]));
    var error = catchThrowableOfType(WeightsException.class, () -> Npy.read(file));
    assertThat(error.kind()).isEqualTo(Cause.UNSUPPORTED);
  }

  @Test
  void writesNoArrayWhoseShapeItsNumbersDontFill() {
    var file = directory.resolve("x.npy");
    assertThatThrownBy(() -> Npy.write(file, new float[5], 2, 3))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(file).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {ZipEntry.STORED, ZipEntry.DEFLATED})
  void readsArraysWhoseNamesHoldSlashes(int method) throws IOException {
    var one = npy(1, header("<i1", false, "(2,)"), (byte) 7, (byte) -1);
    try (var npz = Npz.open(archive(Map.of("a/b.npy", one), method))) {
      assertThat(npz.names()).containsExactly("a/b");
      assertThat(npz.array("a/b").ints()).containsExactly(7, -1);
      var error = catchThrowableOfType(WeightsException.class, () -> npz.array("a/c"));
      assertThat(error.kind()).isEqualTo(Cause.MISSING_TENSOR);
    }
  }

  @Test
  void noticesADamagedArray() throws IOException {
    var one = npy(1, header("<i1", false, "(2,)"), (byte) 77, (byte) 99);
    var file = archive(Map.of("a.npy", one), ZipEntry.STORED);
    var bytes = Files.readAllBytes(file);
    bytes["PK..".length() + 26 + "a.npy".length() + one.length - 1] ^= 1;
    Files.write(file, bytes);
    try (var npz = Npz.open(file)) {
      var error = catchThrowableOfType(WeightsException.class, () -> npz.array("a"));
      assertThat(error.kind()).isEqualTo(Cause.CHECKSUM);
    }
  }

  @Test
  void unfoldsNoBomb() throws IOException {
    var bomb = npy(1, header("<i1", false, "(104857600,)"), new byte[100 << 20]);
    try (var npz = Npz.open(archive(Map.of("a.npy", bomb), ZipEntry.DEFLATED))) {
      var error = catchThrowableOfType(WeightsException.class, () -> npz.array("a"));
      assertThat(error.kind()).isEqualTo(Cause.LIMIT);
    }
  }

  @Test
  void countsNoMoreAxesThanNumPy() throws IOException {
    // Each would be stepped over for every number, since the order of the bytes is another.
    var shape = "(4," + "1,".repeat(4000) + ")";
    var file = file(npy(1, header(">i2", false, shape), new byte[8]));
    var error = catchThrowableOfType(WeightsException.class, () -> Npy.read(file));
    assertThat(error.kind()).isEqualTo(Cause.INVALID_HEADER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {"9; <f4; (2,); 6", "1; |O; (2,); 10", "2; <f4; (-1,); 12", "1; <f4; (3,); 68"})
  void saysAtWhichByteAndInWhichArrayARuleIsBroken(
      int version, String descr, String shape, long position) throws IOException {
    var array = npy(version, header(descr, false, shape), new byte[8]);
    var file = file(array);
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file));
    assertThat(error.location().position()).as(error.getMessage()).hasValue(position);
    assertThat(error.location().tensor()).contains("x");
    var stored = archive(Map.of("a.npy", array), ZipEntry.STORED);
    error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(stored));
    var begin = 30 + "a.npy".length();
    assertThat(error.location().position()).hasValue(begin + position);
    assertThat(error.location().tensor()).contains("a");
    var packed = archive(Map.of("a.npy", array), ZipEntry.DEFLATED);
    error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(packed));
    assertThat(error.location().position()).isEmpty();
    assertThat(error.location().tensor()).contains("a");
  }

  @Test
  void saysAtWhichByteAnArrayIsNoArray() throws IOException {
    var cut = file(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'});
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(cut));
    assertThat(error.location().position()).hasValue(0);
    var lying = npy(1, header("<f4", false, "(2,)"), new byte[8]);
    lying[9] = 127;
    var file = file(lying);
    error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file));
    assertThat(error.location().position()).hasValue(8);
    assertThat(error.location().tensor()).contains("x");
  }
}
