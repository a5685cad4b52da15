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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.weights.DType;
import org.pellucid.weights.Limits;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.numpy.Npy;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** Safetensors and NPY files that break their format's rules, one rule at a time. */
class SafetensorsAttackTests {
  @TempDir Path directory;

  private Path file(long headerLength, String header, int dataBytes) throws IOException {
    var json = header.getBytes(StandardCharsets.UTF_8);
    var buffer = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(headerLength).put(json);
    return Files.write(directory.resolve("x.safetensors"), buffer.array());
  }

  private Path file(String header, int dataBytes) throws IOException {
    return file(header.getBytes(StandardCharsets.UTF_8).length, header, dataBytes);
  }

  private static void checkRefused(Path file, Cause cause) {
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file).close());
    assertThat(error).isNotNull();
    assertThat(error.kind()).isEqualTo(cause);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'a':{'dtype':'F32','shape':[2,2],'data_offsets':[0,4]}}; 4; INVALID_TENSOR",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}; 5; INVALID_LAYOUT",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}; 3; TRUNCATED",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}; 8; INVALID_LAYOUT",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,0]}}; 4; INVALID_TENSOR",
        "{'a':{'dtype':'F32','shape':[-1],'data_offsets':[0,4]}}; 4; INVALID_TENSOR",
        "{'a':{'dtype':'F32','shape':[2,18446744073709551614],'data_offsets':[0,4]}}; 4;"
            + " INVALID_TENSOR",
        "{'a':{'dtype':'F32','shape':[2,9223372036854775807],'data_offsets':[0,4]}}; 4;"
            + " INVALID_TENSOR",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'b':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}};"
            + " 4; INVALID_LAYOUT",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}};"
            + " 4; INVALID_HEADER",
        "{'a':{'dtype':'X9','shape':[1],'data_offsets':[0,4]}}; 4; UNSUPPORTED",
        "{'a':{'dtype':'F32','shape':1,'data_offsets':[0,4]}}; 4; INVALID_HEADER",
        "{'__metadata__':{'k':1}}; 0; INVALID_HEADER",
        "{'__metadata__':5}; 0; INVALID_HEADER",
        "{'__metadata__':{},'__metadata__':{}}; 0; INVALID_HEADER",
        "{'__metadata__':{'k':'1','k':'2'}}; 0; INVALID_HEADER",
        "{'a':{'shape':[1],'data_offsets':[0,4]}}; 4; INVALID_HEADER",
        "{'a':{'dtype':5,'shape':[1],'data_offsets':[0,4]}}; 4; INVALID_HEADER",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4],'more':1}}; 4; INVALID_HEADER",
        "{'a':{'dtype':'F32','dtype':'I32','shape':[1],'data_offsets':[0,4]}}; 4; INVALID_HEADER",
        "{'a':{'dtype':'F32','shape':[1.5],'data_offsets':[0,4]}}; 4; INVALID_TENSOR",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0]}}; 4; INVALID_TENSOR",
        "{'a':null}; 0; INVALID_HEADER",
        "{} {'a':1}; 0; INVALID_HEADER",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}x; 4; INVALID_HEADER",
        "{; 0; INVALID_HEADER"
      })
  void refusesABrokenRule(String header, int dataBytes, Cause cause) throws IOException {
    checkRefused(file(header.replace('\'', '"'), dataBytes), cause);
  }

  @ParameterizedTest
  @CsvSource({"-1, INVALID_HEADER", "1000000000, INVALID_HEADER", "900, TRUNCATED"})
  void refusesALyingHeaderLength(long length, Cause cause) throws IOException {
    checkRefused(file(length, "{}", 0), cause);
  }

  @Test
  void refusesAnEmptyFileAndOneThatIsNoText() throws IOException {
    checkRefused(Files.createFile(directory.resolve("empty")), Cause.UNKNOWN_FORMAT);
    var bytes = new byte[] {4, 0, 0, 0, 0, 0, 0, 0, '{', (byte) 0xff, (byte) 0xfe, '}'};
    checkRefused(Files.write(directory.resolve("binary"), bytes), Cause.INVALID_HEADER);
  }

  @Test
  void readsEmptyTensorsScalarsAndPadding() throws IOException {
    var header =
        "{'e':{'dtype':'F32','shape':[2,0],'data_offsets':[0,0]},"
            + "'s':{'dtype':'I64','shape':[],'data_offsets':[0,8]}}   ";
    try (var checkpoint = WeightFiles.open(file(header.replace('\'', '"'), 8))) {
      assertThat(checkpoint.tensor("e").toFloats()).isEmpty();
      assertThat(checkpoint.tensor("s").toDoubles()).containsExactly(0);
    }
  }

  @Test
  void writesTheSameBytesForTheSameTensors() throws IOException {
    var a = tensor("a", DType.F32, 1.5, -2);
    var b = tensor("b", DType.F16, 0.25, 65504);
    var c = tensor("c", DType.BF16, 1, 3);
    var first = directory.resolve("1.safetensors");
    var second = directory.resolve("2.safetensors");
    SafetensorsWriter.write(first, List.of(a, b, c), Map.of("k", "v"));
    SafetensorsWriter.write(second, List.of(c, b, a), Map.of("k", "v"));
    assertThat(first).hasSameBinaryContentAs(second);
    try (var checkpoint = WeightFiles.open(first)) {
      assertThat(checkpoint.tensor("a").toDoubles()).containsExactly(1.5, -2);
      assertThat(checkpoint.tensor("b").toDoubles()).containsExactly(0.25, 65504);
      assertThat(checkpoint.tensor("c").toDoubles()).containsExactly(1, 3);
      assertThat(checkpoint.metadata()).containsEntry("k", "v");
    }
  }

  private static WeightTensor tensor(String name, DType dtype, double... values) {
    var bytes = WeightTensor.encode(values, dtype);
    return WeightTensor.of(new TensorInfo(name, dtype, new long[] {values.length}), () -> bytes);
  }

  @Test
  void writesAndReadsNpy() throws IOException {
    var file = directory.resolve("x.npy");
    Npy.write(file, new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertThat(Npy.read(file).shape()).containsExactly(2, 3);
    assertThat(Npy.read(file).floats()).containsExactly(1, 2, 3, 4, 5, 6);
    var bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
    var error = catchThrowableOfType(WeightsException.class, () -> Npy.read(file));
    assertThat(error.kind()).isEqualTo(Cause.INVALID_TENSOR);
  }

  @Test
  void refusesBytesTooFewForAHeader() {
    var error =
        catchThrowableOfType(WeightsException.class, () -> WeightFiles.ofBytes("x", new byte[3]));
    assertThat(error.kind()).isEqualTo(Cause.TRUNCATED);
  }

  @Test
  void stopsAtMoreEntriesThanTheLimitWhileReadingThem() throws IOException {
    // Refused at the fourth entry: the broken text after it is never looked at.
    var header = "{'__metadata__':{'a':'','b':'','c':'','d':'' !";
    var limits = Limits.standard().withTensors(3);
    var file = file(header.replace('\'', '"'), 0);
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file, limits));
    assertThat(error.kind()).isEqualTo(Cause.LIMIT);
  }

  @Test
  void writesNoTensorsOfTheSameNameNorWithBytesMissing() {
    var file = directory.resolve("x.safetensors");
    var a = tensor("a", DType.F32, 1);
    assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(a, a), Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
    var info = new TensorInfo("b", DType.F32, new long[] {2});
    var lying = WeightTensor.of(info, a::bytes);
    assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(lying), Map.of()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void refusesNamesMadeToHaveOneHashCode() throws IOException {
    var header = new StringBuilder("{'__metadata__':{");
    for (var i = 0; i < 1 << 12; i++) {
      header.append(i == 0 ? "'" : ",'");
      for (var bit = 0; bit < 12; bit++) {
        // Equal where Jackson counts in 33s.
        header.append((i >> bit & 1) == 0 ? "aB" : "`c");
      }
      header.append("':''");
    }
    checkRefused(file(header.append("}}").toString().replace('\'', '"'), 0), Cause.INVALID_HEADER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'ä':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'X9','shape':[1],'data_offsets':[4,8]}};"
            + " 8; 63; a",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,4]}}; 4; 9; a",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,9]}}; 4; 9; a",
        "{'a':{'dtype':'F32','shape':[1,2305843009213693952,8],'data_offsets':[0,9]}}; 9; 9; a",
        "{'a':{'dtype':'F32','shape':[1.5],'data_offsets':[0,4]}}; 4; 37; a",
        "{'a':{'dtype':5,'shape':[1],'data_offsets':[0,4]}}; 4; 22; a",
        "{'a':{'shape':[1],'data_offsets':[0,4]}}; 4; 9; a",
        "{'a':5}; 4; 9; a",
        "{'__metadata__':{'ä':5}}; 0; 30;",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}; 8; 66; a",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}; 5; 66;",
        "{}x; 0; 10;"
      })
  void saysAtWhichByteAndInWhichTensorARuleIsBroken(
      String header, int dataBytes, long position, String tensor) throws IOException {
    var file = file(header.replace('\'', '"'), dataBytes);
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file));
    assertThat(error.location().file()).isEqualTo(file);
    assertThat(error.location().position()).as(error.getMessage()).hasValue(position);
    assertThat(error.location().tensor()).isEqualTo(Optional.ofNullable(tensor));
  }

  @Test
  void saysAtWhichByteAHeaderIsNoTextOrTooLong() throws IOException {
    var bytes = new byte[] {4, 0, 0, 0, 0, 0, 0, 0, '{', '"', (byte) 0xfe, '}'};
    var binary = Files.write(directory.resolve("binary"), bytes);
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(binary));
    assertThat(error.location().position()).hasValue(10);
    var lying = file(900, "{}", 0);
    error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(lying));
    assertThat(error.location().position()).hasValue(0);
  }
}
