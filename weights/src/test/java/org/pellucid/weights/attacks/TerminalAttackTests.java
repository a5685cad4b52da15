package org.pellucid.weights.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.DType;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.inspect.CheckpointDifference;
import org.pellucid.weights.inspect.Inspection;
import org.pellucid.weights.inspect.Verification;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** Names that would clear a terminal, begin a line of their own or turn the text around. */
class TerminalAttackTests {
  /** Escape sequences of seven and eight bits, line ends, a bidirectional override, a tag. */
  private static final String HOSTILE =
      "a\u001b[2J\u009b1mb\r\nc\u2028d\u202ee\u2066f\u007fg\0h\udb40\udc41i\u200bj";

  @TempDir Path directory;

  private Path file(String name, String tensor, double... values) {
    var bytes = WeightTensor.encode(values, DType.F32);
    var info = new TensorInfo(tensor, DType.F32, new long[] {values.length});
    var file = directory.resolve(name);
    SafetensorsWriter.write(
        file, List.of(WeightTensor.of(info, () -> bytes)), Map.of(HOSTILE, HOSTILE));
    return file;
  }

  private static void checkHarmless(String text) {
    var hidden =
        text.codePoints()
            .filter(letter -> letter != '\n' && letter != '\r')
            .filter(
                letter ->
                    Character.isISOControl(letter)
                        || Character.getType(letter) == Character.FORMAT
                        || Character.getType(letter) == Character.LINE_SEPARATOR)
            .mapToObj(Character::getName);
    assertThat(hidden).isEmpty();
  }

  @Test
  void areShownWithoutEffect() throws IOException {
    var file = file("x.safetensors", HOSTILE, 1);
    try (var checkpoint = WeightFiles.open(file)) {
      var inspection = Inspection.of(checkpoint);
      checkHarmless(inspection.toTable());
      assertThat(inspection.toTable().lines()).hasSize(4);
      checkHarmless(inspection.toCsv());
      assertThat(inspection.toCsv().lines()).hasSize(2);
      checkHarmless(inspection.toJson());
      var json = new JsonMapper().readTree(inspection.toJson());
      assertThat(json.at("/tensors/0/name").asText()).isEqualTo(HOSTILE);
      assertThat(json.get("metadata").get(HOSTILE).asText()).isEqualTo(HOSTILE);
    }
    checkHarmless(Verification.verify(file));
  }

  @Test
  void areComparedWithoutEffect() {
    try (var one = WeightFiles.open(file("1.safetensors", HOSTILE, 1));
        var same = WeightFiles.open(file("2.safetensors", HOSTILE, 2));
        var wider = WeightFiles.open(file("3.safetensors", HOSTILE, 1, 2));
        var other = WeightFiles.open(file("4.safetensors", "b" + HOSTILE, 1))) {
      for (var second : List.of(same, wider, other)) {
        var table = CheckpointDifference.of(one, second).toTable();
        checkHarmless(table);
        assertThat(table.lines()).hasSize(second == other ? 3 : 2);
      }
    }
  }

  @Test
  void areRefusedWithoutEffect() throws IOException {
    var notFinite = file("x.safetensors", HOSTILE, Double.NaN);
    checkMessage(() -> Verification.verify(notFinite));
    var quoted = HOSTILE.chars().mapToObj("\\u%04x"::formatted).toList();
    var shard = String.join("", quoted).replace("\\u0000", "");
    var index = "{\"weight_map\":{\"a\":\"%s\"}}".formatted(shard);
    var file = Files.writeString(directory.resolve("model.safetensors.index.json"), index);
    checkMessage(() -> WeightFiles.open(file));
  }

  private static void checkMessage(ThrowingCallable code) {
    var error = catchThrowableOfType(WeightsException.class, code);
    checkHarmless(error.getMessage());
    assertThat(error.getMessage().lines()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"=1+1", "+1", "-1", "@x", "＝1", "a;=1", "\t=1", "\r=1", "a,=1", "\"=1"})
  void beginNoFormulaInASpreadsheet(String name) {
    try (var checkpoint = WeightFiles.open(file("x.safetensors", name, 1))) {
      var row = Inspection.of(checkpoint).toCsv().lines().toList().get(1);
      assertThat(row).matches("( [^,;\"]+|[^ =+@＝-][^,;\"]*|\"([^\"]|\"\")*\"),F32,.*");
    }
  }
}
