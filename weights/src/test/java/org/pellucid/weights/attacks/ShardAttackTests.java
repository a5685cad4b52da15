package org.pellucid.weights.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.DType;
import org.pellucid.weights.Limits;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** Indexes of models that are split over files, and where a hostile one might lead. */
class ShardAttackTests {
  @TempDir Path directory;

  @BeforeEach
  void writeShards() {
    write("1.safetensors", "a", 1);
    write("2.safetensors", "b", 2);
  }

  private void write(String file, String name, double value) {
    var bytes = WeightTensor.encode(new double[] {value}, DType.F32);
    var tensor = WeightTensor.of(new TensorInfo(name, DType.F32, new long[] {1}), () -> bytes);
    SafetensorsWriter.write(directory.resolve(file), List.of(tensor), Map.of());
  }

  private Path index(String json) throws IOException {
    return Files.writeString(
        directory.resolve("model.safetensors.index.json"), json.replace('\'', '"'));
  }

  private static void checkRefused(Path file, Cause cause) {
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file).close());
    assertThat(error).isNotNull();
    assertThat(error.kind()).as(error.getMessage()).isEqualTo(cause);
    assertThat(error.getMessage().lines()).hasSize(1);
  }

  @Test
  void readsTheTensorsOfAllFiles() throws IOException {
    index(
        "{'metadata':{'total_size':8},'weight_map':{'b':'2.safetensors','a':'1.safetensors'},"
            + "'more':[{}]}");
    try (var checkpoint = WeightFiles.open(directory)) {
      assertThat(checkpoint.format()).isEqualTo("sharded-safetensors");
      assertThat(checkpoint.names()).containsExactly("b", "a");
      assertThat(checkpoint.tensor("a").toDoubles()).containsExactly(1);
      assertThat(checkpoint.tensor("b").toDoubles()).containsExactly(2);
      assertThat(checkpoint.metadata()).containsEntry("total_size", "8");
    }
  }

  @Test
  void listsAllMissingTensorsAtOnce() throws IOException {
    var file =
        index("{'weight_map':{'a':'1.safetensors','x':'1.safetensors','y':'2.safetensors'}}");
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file));
    assertThat(error.kind()).isEqualTo(Cause.MISSING_TENSOR);
    assertThat(error).hasMessageContaining("x in 1.safetensors, y in 2.safetensors");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../1.safetensors",
        "/etc/passwd",
        "sub/../../1.safetensors",
        "..",
        ".",
        "",
        "sub\\\\1.safetensors",
        "a\\u0000b",
        "model.safetensors.index.json",
        "C:1.safetensors",
        "\\ud800.safetensors"
      })
  void followsNoPathOutOfItsDirectoryAndNotToItself(String name) throws IOException {
    checkRefused(index("{'weight_map':{'a':'" + name + "'}}"), Cause.INVALID_HEADER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'weight_map':{'a':'3.safetensors'}}; FILE",
        "{'weight_map':{'a':['1.safetensors']}}; INVALID_HEADER",
        "{'weight_map':{'a':'1.safetensors','a':'2.safetensors'}}; INVALID_HEADER",
        "{'weight_map':{}}; UNKNOWN_FORMAT",
        "{'other':1}; UNKNOWN_FORMAT",
        "{'weight_map':{'a':; INVALID_HEADER",
        "{'weight_map'; INVALID_HEADER"
      })
  void refusesABrokenRule(String json, Cause cause) throws IOException {
    checkRefused(index(json), cause);
  }

  /** Jackson would take the zeros for UTF-32, whose faults it tells in another way. */
  @Test
  void refusesTextThatIsNotUtf8() throws IOException {
    var index = directory.resolve("model.safetensors.index.json");
    Files.write(index, "{\0\0\0Y\"met\"".getBytes(StandardCharsets.UTF_8));
    checkRefused(index, Cause.INVALID_HEADER);
  }

  @Test
  void refusesNestingWithoutEnd() throws IOException {
    checkRefused(index("{'x':" + "[".repeat(100_000)), Cause.INVALID_HEADER);
  }

  @Test
  void goesRoundInNoCircleOfIndexes() throws IOException {
    Files.writeString(directory.resolve("loop.bin"), "{\"weight_map\":{\"a\":\"loop.bin\"}}");
    checkRefused(index("{'weight_map':{'a':'loop.bin'}}"), Cause.INVALID_HEADER);
  }

  @Test
  void followsNoLinkOutOfItsDirectoryButThoseOfACache() throws IOException {
    var revision = Files.createDirectories(directory.resolve("snapshots/main"));
    var blobs = Files.createDirectory(directory.resolve("blobs"));
    var index = revision.resolve("model.safetensors.index.json");
    Files.writeString(index, "{\"weight_map\":{\"a\":\"a.safetensors\"}}");
    var link = revision.resolve("a.safetensors");
    Files.createSymbolicLink(link, directory.resolve("1.safetensors"));
    checkRefused(index, Cause.INVALID_HEADER);
    Files.move(directory.resolve("1.safetensors"), blobs.resolve("0123"));
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("../../blobs/0123"));
    try (var checkpoint = WeightFiles.open(revision)) {
      assertThat(checkpoint.tensor("a").toDoubles()).containsExactly(1);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{'weight_map':{'a':'1.safetensors','b':'../2.safetensors'}}; 35; b",
        "{'weight_map':{'a':'1.safetensors','b':'3.safetensors'}}; 35; b",
        "{'weight_map':{'a':'1.safetensors','x':'2.safetensors'}}; 35; x",
        "{'weight_map':{'a':['1.safetensors']}}; 15; a",
        "{'weight_map':{'b':'model.safetensors.index.json'}}; 15; b",
        "{'weight_map':!}; 14;"
      })
  void saysAtWhichByteAndOfWhichTensorARuleIsBroken(String json, long position, String tensor)
      throws IOException {
    var file = index(json);
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file));
    assertThat(error.location().file()).isEqualTo(file);
    assertThat(error.location().position()).as(error.getMessage()).hasValue(position);
    assertThat(error.location().tensor()).isEqualTo(Optional.ofNullable(tensor));
  }

  @Test
  void callsTooManyTensorsALimit() throws IOException {
    var file = index("{'weight_map':{'a':'1.safetensors','b':'2.safetensors'}}");
    var limits = Limits.standard().withTensors(1);
    var error = catchThrowableOfType(WeightsException.class, () -> WeightFiles.open(file, limits));
    assertThat(error.kind()).isEqualTo(Cause.LIMIT);
    assertThat(error.location().tensor()).contains("b");
  }
}
