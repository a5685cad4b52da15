package org.pellucid.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.convert.BertNames;
import org.pellucid.weights.convert.Conversion;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.inspect.Verification;

/** Files that PyTorch wrote, against the checksums of the tensors in them. */
class GoldenCheckpointTests {
  private static final Path SHARED = Path.of(System.getProperty("pellucid.shared", "../shared"));

  private static Path golden(String path) {
    var file = SHARED.resolve("goldens").resolve(path);
    assumeTrue(Files.exists(file), () -> "the golden file " + file + " is absent");
    return file;
  }

  private static JsonNode json(String path) throws IOException {
    return new JsonMapper().readTree(golden(path).toFile());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tiny_bare_state_dict.ckpt",
        "tiny_hw9style_legacy_cuda.pth",
        "tiny_hw9style_zip_cuda.pth",
        "tiny_legacy.pth",
        "tiny_zip.pth"
      })
  void readsTheTinyClassifierInEveryForm(String file) throws IOException {
    var expected = json("cnn/checkpoint/tiny_checkpoint.json").get("tensors");
    try (var checkpoint = WeightFiles.open(golden("cnn/checkpoint/" + file))) {
      assertThat(checkpoint.names()).hasSize(expected.size());
      for (var field : expected.properties()) {
        var sum =
            field.getValue().properties().stream()
                .filter(entry -> entry.getKey().startsWith("sha256"))
                .findFirst()
                .orElseThrow();
        assertThat(checkpoint.tensor(field.getKey()).sha256())
            .as(field.getKey())
            .isEqualTo(sum.getValue().asText());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "checkpoint_wrapped.pth",
        "model.safetensors",
        "pytorch_model.bin",
        "pytorch_model.gamma_beta.bin",
        "pytorch_model.legacy.bin",
        "pytorch_model.parameters.bin",
        "pytorch_model.position_ids.bin",
        "pytorch_model.shared_storage.bin",
        "pytorch_model.shared_storage.legacy.bin",
        "pytorch_model.transposed_views.bin"
      })
  void readsTheTinyBertInEveryForm(String file) {
    try (var reference = WeightFiles.open(golden("bert/tiny/model.safetensors"));
        var checkpoint = BertNames.huggingFace(WeightFiles.open(golden("bert/tiny/" + file)))) {
      for (var name : reference.names()) {
        assertThat(checkpoint.tensor(name).sha256())
            .as(name)
            .isEqualTo(reference.tensor(name).sha256());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.fp16.safetensors",
        "model.bf16.safetensors",
        "pytorch_model.fp16.bin",
        "pytorch_model.fp16.legacy.bin",
        "pytorch_model.bf16.bin",
        "pytorch_model.bf16.legacy.bin"
      })
  void readsHalfPrecisionToWithinItsRounding(String file) {
    // Half precision keeps 11 bits and bfloat16 8, so a value is off by at most 2⁻¹² or 2⁻⁹ of it.
    var tolerance = file.contains("bf16") ? 1.0 / 256 : 1.0 / 2048;
    try (var reference = WeightFiles.open(golden("bert/tiny/model.safetensors"));
        var checkpoint = WeightFiles.open(golden("bert/tiny/" + file))) {
      for (var name : reference.names()) {
        var exact = reference.tensor(name).toDoubles();
        var rounded = checkpoint.tensor(name).toDoubles();
        for (var i = 0; i < exact.length; i++) {
          assertThat(Math.abs(rounded[i] - exact[i]))
              .as("%s[%d]", name, i)
              .isLessThanOrEqualTo(tolerance * Math.abs(exact[i]) + 1e-7);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny_zip.pth"})
  void keepsWhatStandsBesideTheWeights(String file) {
    try (var checkpoint = WeightFiles.open(golden("cnn/checkpoint/" + file))) {
      assertThat(checkpoint.metadata()).containsKey("epoch");
      assertThat(checkpoint.auxiliary().keySet())
          .anyMatch(name -> name.startsWith("optimizer_state_dict"));
    }
  }

  @Test
  void readsTheSameFromBothFormsOfThePretrainingModel() {
    try (var zip = WeightFiles.open(golden("bert/tiny/pretraining_model.bin"));
        var legacy = WeightFiles.open(golden("bert/tiny/pretraining_model.legacy.bin"))) {
      assertThat(zip.format()).isEqualTo("pytorch-zip");
      assertThat(legacy.format()).isEqualTo("pytorch-legacy");
      assertThat(legacy.names()).isEqualTo(zip.names()).contains("cls.seq_relationship.weight");
      for (var name : zip.names()) {
        assertThat(legacy.tensor(name).info()).isEqualTo(zip.tensor(name).info());
        assertThat(legacy.tensor(name).sha256()).as(name).isEqualTo(zip.tensor(name).sha256());
      }
    }
  }

  static Stream<Path> everyFile() throws IOException {
    try (var tiny = Files.list(golden("bert/tiny"));
        var classifier = Files.list(golden("cnn/checkpoint"));
        var trained = Files.walk(SHARED.resolve("checkpoints"))) {
      return Stream.of(tiny, classifier, trained)
          .flatMap(files -> files)
          .filter(file -> file.toString().matches(".*\\.(pth|ckpt|bin|safetensors)"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("everyFile")
  void convertsToSafetensorsAndBackToPyTorchBitByBit(Path file, @TempDir Path directory) {
    assertThat(Verification.verify(file)).contains("all values finite");
    var safetensors = directory.resolve("x.safetensors");
    var back = directory.resolve("x.pth");
    try (var original = WeightFiles.open(file)) {
      Conversion.convert(original, safetensors, Conversion.Request.copy());
      try (var converted = WeightFiles.open(safetensors)) {
        Conversion.convert(converted, back, Conversion.Request.copy());
      }
      try (var returned = WeightFiles.open(back)) {
        assertThat(returned.names()).hasSameElementsAs(original.names());
        for (var name : original.names()) {
          assertThat(returned.tensor(name).info()).isEqualTo(original.tensor(name).info());
          assertThat(returned.tensor(name).sha256()).isEqualTo(original.tensor(name).sha256());
        }
      }
    }
  }

  @Test
  void knowsTheTrainedClassifier(@TempDir Path directory) throws IOException {
    var out = directory.resolve("x.safetensors");
    try (var food = WeightFiles.open(golden("../checkpoints/food/checkpoint.pth"))) {
      var request = Conversion.Request.copy().withNames(new Conversion.Names.Automatic());
      var report = Conversion.convert(food, out, request);
      assertThat(report.recognised()).contains("food classifier (homework 9)");
      assertThat(report.lines()).hasSize(81);
      assertThat(report.notes()).isEmpty();
    }
  }
}
