package org.pellucid.weights.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.DType;
import org.pellucid.weights.SharedCases;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/** Adapters merged in every form that PEFT writes, against numbers worked out by hand. */
class LowRankAdapterTests {
  private static final WeightTensor WEIGHT =
      tensor("dense.weight", new long[] {2, 3}, 1, 1, 1, 1, 1, 1);
  private static final String PEFT = "base_model.model.dense.";

  @TempDir Path directory;

  private static WeightTensor tensor(String name, long[] shape, double... values) {
    var bytes = WeightTensor.encode(values, DType.F32);
    return WeightTensor.of(new TensorInfo(name, DType.F32, shape), () -> bytes);
  }

  private static WeightTensor vector(String name, double... values) {
    return tensor(name, new long[] {values.length}, values);
  }

  private static WeightTensor a(String name) {
    return tensor(name, new long[] {1, 3}, 1, 2, 3);
  }

  private static WeightTensor b(String name) {
    return tensor(name, new long[] {2, 1}, 10, -10);
  }

  private Checkpoint checkpoint(String name, Map<String, String> told, WeightTensor... tensors) {
    var file = directory.resolve(name + ".safetensors");
    SafetensorsWriter.write(file, List.of(tensors), told);
    return WeightFiles.open(file);
  }

  private Checkpoint base(WeightTensor... tensors) {
    return checkpoint("base", Map.of(), tensors);
  }

  private Checkpoint adapter(WeightTensor... tensors) {
    return checkpoint("adapter", Map.of(), tensors);
  }

  private void configure(String json) throws IOException {
    Files.writeString(directory.resolve("adapter_config.json"), json.replace('\'', '"'));
  }

  private static WeightsException refused(Checkpoint base, Checkpoint adapter) {
    return catchThrowableOfType(WeightsException.class, () -> LowRankAdapter.merge(base, adapter));
  }

  @ParameterizedTest
  @CsvSource({
    "dense.lora_A, dense.lora_B",
    "base_model.model.dense.lora_A.weight, base_model.model.dense.lora_B.weight",
    "base_model.model.dense.lora_A.default.weight, base_model.model.dense.lora_B.default.weight",
    "base_model.model.dense.lora_A.mine.weight, base_model.model.dense.lora_B.mine.weight",
    "base_model.model.base_model.model.dense.lora_A.weight,"
        + " base_model.model.base_model.model.dense.lora_B.weight",
    "bert.dense.lora_A.weight, bert.dense.lora_B.weight",
  })
  void understandsEveryNameAndTheMetadata(String nameA, String nameB) {
    try (var base = base(WEIGHT);
        var adapter =
            checkpoint(
                "adapter",
                Map.of("lora_alpha", "2", "r", "1"),
                a(nameA),
                b(nameB),
                vector("head.bias", 5))) {
      var merged = LowRankAdapter.merge(base, adapter);
      assertThat(merged.names()).containsExactlyInAnyOrder("dense.weight", "head.bias");
      assertThat(merged.tensor("dense.weight").toDoubles())
          .containsExactly(21, 41, 61, -19, -39, -59);
      assertThat(merged.notes()).singleElement().asString().contains("adapter.safetensors");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "{'r': 1, 'lora_alpha': 3} # 3",
        "{'r': 1, 'lora_alpha': 3, 'use_rslora': true} # 3",
        "{'r': 4, 'lora_alpha': 3, 'rank_pattern': {'dense': 1}} # 3",
        "{'r': 4, 'lora_alpha': 3, 'rank_pattern': {'ense': 4, 'd[e]nse': 1}} # 3",
        "{'r': 1, 'lora_alpha': 3, 'alpha_pattern': {'other': 9, 'dense': 5}} # 5",
        "{'r': 1, 'lora_alpha': 3, 'alpha_pattern': {'other|dense': 5}} # 5",
        "{'r': 1, 'lora_alpha': 3, 'peft_type': 'LORA', 'init_lora_weights': true,"
            + " 'layer_replication': null, 'use_qalora': false} # 3",
      })
  void takesTheScalingFromTheConfiguration(String json, double scaling) throws IOException {
    configure(json);
    try (var base = base(WEIGHT);
        var adapter = adapter(a(PEFT + "lora_A.weight"), b(PEFT + "lora_B.weight"))) {
      assertThat(LowRankAdapter.merge(base, adapter).tensor("dense.weight").toDoubles())
          .containsExactly(
              1 + 10 * scaling,
              1 + 20 * scaling,
              1 + 30 * scaling,
              1 - 10 * scaling,
              1 - 20 * scaling,
              1 - 30 * scaling);
    }
  }

  @Test
  void dividesByTheRootOfTheRankWhereItIsTold() throws IOException {
    configure("{'r': 4, 'lora_alpha': 3, 'use_rslora': true}");
    try (var base = base(tensor("dense.weight", new long[] {1, 1}, 1));
        var adapter =
            adapter(
                tensor(PEFT + "lora_A.weight", new long[] {4, 1}, 1, 2, 3, 4),
                tensor(PEFT + "lora_B.weight", new long[] {1, 4}, 1, 1, 1, 1))) {
      assertThat(LowRankAdapter.merge(base, adapter).tensor("dense.weight").toDoubles())
          .containsExactly(1 + 10 * 3 / 2.0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lora_magnitude_vector",
        "lora_magnitude_vector.weight",
        "lora_magnitude_vector.default.weight"
      })
  void stretchesRowsToTheirMagnitudes(String name) throws IOException {
    configure("{'r': 1, 'lora_alpha': 1, 'use_dora': true}");
    try (var base = base(tensor("dense.weight", new long[] {2, 2}, 2, 2, 0, 0));
        var adapter =
            adapter(
                tensor(PEFT + "lora_A.weight", new long[] {1, 2}, 1, 2),
                tensor(PEFT + "lora_B.weight", new long[] {2, 1}, 1, 0),
                vector(PEFT + name, 10, 7))) {
      // The first row becomes (3, 4), of length 5; the second has no direction to be stretched in.
      assertThat(LowRankAdapter.merge(base, adapter).tensor("dense.weight").toDoubles())
          .containsExactly(6, 8, 0, 0);
    }
  }

  @Test
  void addsToWeightsThatAreStoredTheOtherWayRound() throws IOException {
    configure("{'r': 1, 'lora_alpha': 1, 'fan_in_fan_out': true}");
    try (var base = base(tensor("dense.weight", new long[] {3, 2}, 0, 0, 0, 0, 0, 0));
        var adapter = adapter(a(PEFT + "lora_A.weight"), b(PEFT + "lora_B.weight"))) {
      assertThat(LowRankAdapter.merge(base, adapter).tensor("dense.weight").toDoubles())
          .containsExactly(10, -10, 20, -20, 30, -30);
    }
  }

  @Test
  void ignoresThatOptionForBertAsPeftDoes() throws IOException {
    configure("{'r': 1, 'lora_alpha': 1, 'fan_in_fan_out': true}");
    try (var base =
            base(
                tensor("bert.embeddings.word_embeddings.weight", new long[] {3, 2}, new double[6]),
                tensor("dense.weight", new long[] {2, 2}, 0, 0, 0, 0));
        var adapter =
            adapter(
                tensor(PEFT + "lora_A.weight", new long[] {1, 2}, 1, 2),
                b(PEFT + "lora_B.weight"),
                a("base_model.model.bert.embeddings.word_embeddings.lora_embedding_A"),
                b("base_model.model.bert.embeddings.word_embeddings.lora_embedding_B"))) {
      var merged = LowRankAdapter.merge(base, adapter);
      assertThat(merged.tensor("dense.weight").toDoubles()).containsExactly(10, 20, -10, -20);
      assertThat(merged.tensor("bert.embeddings.word_embeddings.weight").toDoubles())
          .containsExactly(10, -10, 20, -20, 30, -30);
    }
  }

  @Test
  void takesBiasesAndModulesThatWereTrainedWhole() throws IOException {
    configure("{'r': 1, 'lora_alpha': 2, 'bias': 'all', 'lora_bias': true}");
    try (var base =
            base(
                WEIGHT,
                vector("dense.bias", 1, 1),
                vector("other.bias", 1),
                vector("classifier.bias", 1));
        var adapter =
            adapter(
                a(PEFT + "lora_A.default.weight"),
                b(PEFT + "lora_B.default.weight"),
                vector(PEFT + "lora_B.default.bias", 3, 4),
                vector("base_model.model.other.base_layer.bias", 7),
                vector("base_model.model.classifier.original_module.bias", 1),
                vector("base_model.model.classifier.modules_to_save.default.bias", 8))) {
      var merged = LowRankAdapter.merge(base, adapter);
      assertThat(merged.names()).isEqualTo(base.names());
      assertThat(merged.tensor("dense.bias").toDoubles()).containsExactly(7, 9);
      assertThat(merged.tensor("other.bias").toDoubles()).containsExactly(7);
      assertThat(merged.tensor("classifier.bias").toDoubles()).containsExactly(8);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "{'r': 2, 'lora_alpha': 3} # it gives dense the rank 2, but the adapter's matrices have"
            + " the rank 1",
        "{'r': 1} # lora_alpha is missing",
        "{'r': 1, 'lora_alpha': -1} # lora_alpha is missing or no number above 0",
        "{'r': 1, 'lora_alpha': 1, 'peft_type': 'IA3'} # an adapter of the type IA3",
        "{'r': 1, 'lora_alpha': 1, 'init_lora_weights': 'pissa_niter_16'} # also changed its base",
        "{'r': 1, 'lora_alpha': 1, 'layer_replication': [[0, 4]]} # with layer_replication",
        "{'r': 1, 'lora_alpha': 1, 'use_dora': true} # no lora_magnitude_vector of dense",
        "{'r': 1, 'lora_alpha': 1, 'alpha_pattern': {'(': 2}} # pattern ( is no regular expression",
        "[] # not a JSON object",
        "version https://git-lfs # can't be read",
      })
  void refusesWhatItCannotMerge(String json, String message) throws IOException {
    configure(json);
    try (var base = base(WEIGHT);
        var adapter = adapter(a(PEFT + "lora_A.weight"), b(PEFT + "lora_B.weight"))) {
      assertThat(refused(base, adapter))
          .hasMessageContaining("adapter")
          .hasMessageContaining(message);
    }
  }

  @Test
  void endsAPatternThatWouldTakeForEver() {
    var patterns = Map.of("(.*a){12}!", 1.0);
    assertThat(ModulePattern.find(directory, patterns, "x.aaaaaaaaaaaaa!")).contains(1.0);
    assertThat(
            catchThrowableOfType(
                WeightsException.class,
                () -> ModulePattern.find(directory, patterns, "a".repeat(100))))
        .hasMessageContaining("is no regular expression that can be tried");
  }

  @Test
  void saysForWhichModelAnAdapterIs() throws IOException {
    configure("{'r': 1, 'lora_alpha': 1, 'base_model_name_or_path': 'made-up/bert'}");
    try (var base = base(WEIGHT);
        var other = adapter(a("else.lora_A"), b("else.lora_B"));
        var wide =
            checkpoint(
                "wide",
                Map.of(),
                tensor("dense.lora_A", new long[] {1, 4}, 1, 2, 3, 4),
                b("dense.lora_B"))) {
      assertThat(refused(base, other))
          .hasMessageContaining("the adapter changes else.weight, which")
          .hasMessageContaining("use it with the model it was trained over, made-up/bert");
      assertThat(refused(base, wide).kind()).isEqualTo(Cause.INVALID_TENSOR);
      assertThat(refused(base, wide)).hasMessageContaining("made-up/bert");
    }
  }

  @Test
  void refusesOtherShapesKindsAndHalves() throws IOException {
    configure("{'r': 1, 'lora_alpha': 1}");
    try (var base = base(vector("dense.weight", 1));
        var flat = adapter(vector("dense.lora_A", 1, 2, 3), b("dense.lora_B"));
        var model = checkpoint("model", Map.of(), WEIGHT);
        var half = checkpoint("half", Map.of(), a("dense.lora_A"));
        var strange = checkpoint("strange", Map.of(), vector("dense.lora_E", 1));
        var two =
            checkpoint("two", Map.of(), a("dense.lora_A.x.weight"), b("dense.lora_B.y.weight"))) {
      assertThat(refused(base, flat)).isNotNull();
      assertThat(refused(base, model)).hasMessageContaining("is no low-rank adapter");
      assertThat(refused(base, half)).hasMessageContaining("only one of the matrices");
      assertThat(refused(base, strange)).hasMessageContaining("dense.lora_E");
      assertThat(refused(base, two)).hasMessageContaining("several adapters, x and y");
    }
  }

  @Test
  void refusesAnAdapterThatDoesntTellItsScaling() {
    try (var base = base(WEIGHT);
        var adapter = adapter(a("dense.lora_A"), b("dense.lora_B"))) {
      assertThat(refused(base, adapter)).hasMessageContaining("adapter_config.json");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "W29a, ''",
    "W29c, ''",
    "W29d, W29d (rslora)",
    "W29e, W29e (rank_pattern)",
    "W29f, W29f (alpha_pattern)",
    "W29h, ''"
  })
  void mergesWhatPeoplesTrainingWrote(String folder, String expected) throws IOException {
    var out = directory.resolve("out.safetensors");
    try (var base = WeightFiles.open(SharedCases.at("more/m_plainst/model.safetensors"));
        var adapter = WeightFiles.open(SharedCases.at("more/" + folder))) {
      var request =
          Conversion.Request.copy()
              .withNames(new Conversion.Names.Automatic())
              .withAdapter(adapter);
      var report = Conversion.convert(base, out, request);
      assertThat(report.notes()).anyMatch(note -> note.contains("made-up/bert"));
      try (var merged = WeightFiles.open(out)) {
        assertThat(merged.names()).isEqualTo(base.names());
        var numbers = new JsonMapper().readTree(SharedCases.at("more/expected.json").toFile());
        var told = numbers.at("/lora").path(expected);
        var modules =
            List.of(
                "bert.encoder.layer.0.attention.self.query",
                "bert.encoder.layer.1.attention.self.value");
        for (var module : modules) {
          var values = merged.tensor(module + ".weight").toDoubles();
          var right =
              expected.isEmpty()
                  ? byHand(base, adapter, module)
                  : doubles(told.path(module + ".weight"));
          assertThat(values).hasSameSizeAs(right);
          for (var i = 0; i < right.length; i++) {
            assertThat(values[i]).as("%s[%d]", module, i).isCloseTo(right[i], within(1e-4));
          }
        }
      }
    }
  }

  private static double[] doubles(JsonNode list) {
    var values = new double[list.size()];
    for (var i = 0; i < values.length; i++) {
      values[i] = list.get(i).doubleValue();
    }
    return values;
  }

  /** The plain rule with alpha 8 and rank 2, and with magnitudes where the adapter has some. */
  private static double[] byHand(Checkpoint base, Checkpoint adapter, String module) {
    var prefix =
        adapter.names().getFirst().startsWith("base_model.model.base_model.")
            ? "base_model.model.base_model.model."
            : "base_model.model.";
    var a = adapter.tensor(prefix + module + ".lora_A.weight").toDoubles();
    var b = adapter.tensor(prefix + module + ".lora_B.weight").toDoubles();
    var sum = base.tensor(module + ".weight").toDoubles();
    var width = sum.length / 16;
    for (var o = 0; o < 16; o++) {
      for (var i = 0; i < width; i++) {
        sum[o * width + i] += 4 * (b[2 * o] * a[i] + b[2 * o + 1] * a[width + i]);
      }
    }
    var magnitudes = adapter.tensors().get(prefix + module + ".lora_magnitude_vector");
    for (var o = 0; magnitudes != null && o < 16; o++) {
      var length = 0.0;
      for (var i = 0; i < width; i++) {
        length = Math.hypot(length, sum[o * width + i]);
      }
      for (var i = 0; i < width; i++) {
        sum[o * width + i] *= magnitudes.toDoubles()[o] / length;
      }
    }
    return sum;
  }
}
