package org.pellucid.weights.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/**
 * What the safetensors library is tested with and the attacks in its repository, case by case,
 * where {@link SafetensorsAttackTests} doesn't have it.
 */
class SafetensorsCaseTests {
  @TempDir Path directory;

  private Path file(String header, int dataBytes) throws IOException {
    var json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    var buffer = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(json.length).put(json);
    return Files.write(directory.resolve("x.safetensors"), buffer.array());
  }

  private static void checkRefused(Path file, Cause cause) {
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file).close());
    assertThat(error).isNotNull();
    assertThat(error.kind()).as(error.getMessage()).isEqualTo(cause);
    assertThat(error.getMessage().lines()).hasSize(1);
  }

  private static String entry(String name, long begin, long end) {
    return "'%s':{'dtype':'F32','shape':[%d],'data_offsets':[%d,%d]}"
        .formatted(name, (end - begin) / 4, begin, end);
  }

  @ParameterizedTest
  @CsvSource({"<, UNKNOWN_FORMAT", "{, UNKNOWN_FORMAT"})
  void oneLetterOnly(String letter, Cause cause) throws IOException {
    checkRefused(Files.writeString(directory.resolve("letter"), letter), cause);
    var content = letter.getBytes(StandardCharsets.US_ASCII);
    var error =
        catchThrowableOfType(WeightsException.class, () -> WeightFiles.ofBytes("x", content));
    assertThat(error.kind()).isEqualTo(Cause.TRUNCATED);
  }

  @Test
  void headerOfAnotherBracket() throws IOException {
    checkRefused(file("<", 0), Cause.UNKNOWN_FORMAT);
    checkRefused(file("[]", 0), Cause.UNKNOWN_FORMAT);
  }

  @Test
  void headerOfNoLength() {
    var error =
        catchThrowableOfType(WeightsException.class, () -> WeightFiles.ofBytes("x", new byte[8]));
    assertThat(error.kind()).isEqualTo(Cause.INVALID_HEADER);
  }

  @Test
  void whitespaceBeforeTheHeader() throws IOException {
    checkRefused(file(" {}", 0), Cause.UNKNOWN_FORMAT);
    var content = Files.readAllBytes(directory.resolve("x.safetensors"));
    var error =
        catchThrowableOfType(WeightsException.class, () -> WeightFiles.ofBytes("x", content));
    assertThat(error.kind()).isEqualTo(Cause.INVALID_HEADER);
  }

  @Test
  void manyTensorsOnTheSameRange() throws IOException {
    var entries = new ArrayList<String>();
    for (var i = 0; i < 10_000; i++) {
      entries.add(entry("t" + i, 0, 4));
    }
    checkRefused(file("{" + String.join(",", entries) + "}", 4), Cause.INVALID_LAYOUT);
  }

  @Test
  void overlappingOffsets() throws IOException {
    var header = "{" + entry("a", 0, 8) + "," + entry("b", 4, 12) + "}";
    checkRefused(file(header, 12), Cause.INVALID_LAYOUT);
  }

  @Test
  void holeBetweenTensors() throws IOException {
    var header = "{" + entry("a", 0, 4) + "," + entry("b", 8, 12) + "}";
    checkRefused(file(header, 12), Cause.INVALID_LAYOUT);
  }

  @Test
  void moreEntriesThanAreReadInAHeaderOfMegabytes() throws IOException {
    var header = new StringBuilder("{'__metadata__':{'':''");
    for (var i = 0; i < 1_000_001; i++) {
      header.append(",'").append(i).append("':''");
    }
    checkRefused(file(header.append("}}").toString(), 0), Cause.LIMIT);
  }

  @ParameterizedTest
  @CsvSource({
    "F4, 2, 4-bit (F4)",
    "F6_E2M3, 4, 6-bit (F6_E2M3)",
    "F6_E3M2, 4, 6-bit (F6_E3M2)",
    "F8_E5M2, 1, float8 (F8_E5M2)",
    "F8_E4M3, 1, float8 (F8_E4M3)",
    "F8_E8M0, 1, float8 (F8_E8M0)",
    "C64, 1, complex (C64)"
  })
  void typesThatAreListedAndNotRead(String dtype, int elements, String kind) throws IOException {
    var bytes = kind.startsWith("c") ? 8 : kind.startsWith("6") ? 3 : 1;
    var header =
        "{'a':{'dtype':'%s','shape':[%d],'data_offsets':[0,%d]}}".formatted(dtype, elements, bytes);
    try (var checkpoint = WeightFiles.open(file(header, bytes))) {
      assertThat(checkpoint.tensor("a").info().shape()).containsExactly(elements);
      assertThatThrownBy(() -> checkpoint.tensor("a").toFloats())
          .isInstanceOf(WeightsException.class)
          .hasMessageContaining("a is " + kind + ", whose values aren't read");
    }
    var twice = header.replace("[%d]".formatted(elements), "[%d]".formatted(2 * elements));
    checkRefused(file(twice, bytes), Cause.INVALID_TENSOR);
  }

  @Test
  void typesThatDontExist() throws IOException {
    for (var dtype : List.of("f32", "OTHER", "F9")) {
      var header = "{'a':{'dtype':'%s','shape':[1],'data_offsets':[0,1]}}".formatted(dtype);
      checkRefused(file(header, 1), Cause.UNSUPPORTED);
    }
  }

  @Test
  void misalignedTensor() throws IOException {
    var header =
        "{'b':{'dtype':'U8','shape':[1],'data_offsets':[0,1]},"
            + "'d':{'dtype':'F64','shape':[1],'data_offsets':[1,9]}}";
    var file = file(header, 9);
    var content = Files.readAllBytes(file);
    ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putDouble(content.length - 8, Math.PI);
    Files.write(file, content);
    try (var checkpoint = WeightFiles.open(file)) {
      assertThat(checkpoint.tensor("d").toDoubles()).containsExactly(Math.PI);
    }
  }

  @Test
  void roundTripsOfRandomTensors() {
    var random = new Random(20);
    for (var round = 0; round < 50; round++) {
      var tensors = new ArrayList<WeightTensor>();
      for (var i = random.nextInt(6); i > 0; i--) {
        var dtype = DType.values()[random.nextInt(DType.OTHER.ordinal())];
        var shape = random.longs(random.nextInt(4), 0, 4).toArray();
        var info = new TensorInfo("t%d\"\n\u00e4\ud83d\ude00".formatted(i), dtype, shape);
        var bytes = new byte[(int) info.bytes()];
        random.nextBytes(bytes);
        var segment = MemorySegment.ofArray(bytes);
        tensors.add(WeightTensor.of(info, () -> segment));
      }
      var file = directory.resolve(round + ".safetensors");
      SafetensorsWriter.write(file, tensors, Map.of("k", "v" + round));
      try (var checkpoint = WeightFiles.open(file)) {
        assertThat(checkpoint.names()).hasSize(tensors.size());
        for (var tensor : tensors) {
          var read = checkpoint.tensor(tensor.info().name());
          assertThat(read.info()).isEqualTo(tensor.info());
          assertThat(read.bytes().mismatch(tensor.bytes())).isEqualTo(-1);
        }
      }
    }
  }

  @Test
  void overwritingAMappedFile() {
    var bytes = WeightTensor.encode(new double[] {1, 2}, DType.F32);
    var tensor = WeightTensor.of(new TensorInfo("w", DType.F32, new long[] {2}), () -> bytes);
    var file = directory.resolve("x.safetensors");
    SafetensorsWriter.write(file, List.of(tensor), Map.of());
    try (var checkpoint = WeightFiles.open(file)) {
      SafetensorsWriter.write(file, List.of(), Map.of());
      SafetensorsWriter.write(file, checkpoint.tensors().values(), Map.of());
      assertThat(checkpoint.tensor("w").toFloats()).containsExactly(1, 2);
    }
    try (var checkpoint = WeightFiles.open(file)) {
      assertThat(checkpoint.tensor("w").toFloats()).containsExactly(1, 2);
    }
  }

  @Test
  void npzBombOfGigabytes() throws IOException {
    var size = 0xffff_fffeL;
    var text = "{'descr': '|i1', 'fortran_order': False, 'shape': (%d,), }\n";
    var header = text.formatted(size - 10 - text.formatted(size).length());
    var npy = new ByteArrayOutputStream();
    npy.writeBytes("\u0093NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1));
    npy.write(header.length());
    npy.write(0);
    npy.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    npy.writeBytes(new byte[1 << 20]);
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("a.npy"));
      zip.write(npy.toByteArray());
    }
    var lying = bytes.toByteArray();
    var central = new String(lying, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
    ByteBuffer.wrap(lying).order(ByteOrder.LITTLE_ENDIAN).putInt(central + 24, (int) size);
    var file = Files.write(directory.resolve("x.npz"), lying);
    try (var checkpoint = WeightFiles.open(file)) {
      assertThat(checkpoint.tensor("a").info().bytes()).isGreaterThan(4_000_000_000L);
      var error =
          catchThrowableOfType(WeightsException.class, () -> checkpoint.tensor("a").sha256());
      assertThat(error.kind()).isEqualTo(Cause.LIMIT);
    }
  }
}
