package org.pellucid.explain.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.explain.Goldens;
import org.pellucid.models.zoo.BertArtifacts;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.KnownModel;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.UnusableFileException;

/** BERTs in the folders that people have, against numbers computed in double precision. */
class ModelFolderTests {
  private static final String TEXT = "the cat sat under the [MASK] tree.";

  @TempDir Path directory;

  private static TextAttention attention(Path model, String text, int... masked)
      throws IOException, InterruptedException {
    try (var loaded = BertModels.open(model.toString(), _ -> {})) {
      return new TextExplanations(Engine.standard(), loaded)
          .attention(loaded.tokenizer().encode(text), masked);
    }
  }

  private static JsonNode expected(String name) throws IOException {
    return new JsonMapper().readTree(Goldens.file("cases/more/expected.json").toFile()).path(name);
  }

  /** Single precision over two layers of width 16 keeps far more than the four digits asked for. */
  private static void checkClose(String what, float[] values, JsonNode expected) {
    assertThat(values).as(what).hasSize(expected.size());
    for (var i = 0; i < values.length; i++) {
      assertThat((double) values[i])
          .as("%s[%d]", what, i)
          .isCloseTo(expected.get(i).doubleValue(), within(1e-4));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "m_plain, true",
    "m_plainst, true",
    "m_W5a, true",
    "m_W5b, true",
    "m_W6a, true",
    "m_W6b, false",
    "m_W6e, false",
    "m_W21a, true",
    "m_W21b, true",
    "m_B1a, true",
    "m_B4f, true",
    "m_B2a, true",
    "hub/models--z, true",
    "google_L-2_H-16_A-2, true",
    "google_L-2_H-16_A-2/bert_model.ckpt.index, true",
  })
  void computesTheSameFromEveryFolder(String folder, boolean predicts) throws Exception {
    var right = expected("bert");
    var found = attention(Goldens.file("cases/more/" + folder), TEXT);
    var inspection = found.inspection();
    assertThat(inspection.tokens().ids())
        .containsExactly(new JsonMapper().treeToValue(right.path("ids"), int[].class));
    checkClose("hidden", inspection.joinedHiddenStates(), right.path("hidden"));
    checkClose("attention", inspection.attention(), right.path("attention"));
    assertThat(found.masked()).containsExactly(6);
    assertThat(found.predictions().isEmpty()).isEqualTo(!predicts);
    if (predicts) {
      for (var candidate : found.predictions().get(6)) {
        assertThat(candidate.probability())
            .isCloseTo(
                right.path("probabilities_at_6").get(candidate.id()).doubleValue(), within(1e-4));
      }
    }
  }

  @Test
  void findsAGoogleCheckpointByItsPrefix() throws Exception {
    var folder = Goldens.file("cases/more/google_L-2_H-16_A-2");
    var found = attention(folder.resolve("bert_model.ckpt"), TEXT, 6);
    checkClose("hidden", found.inspection().joinedHiddenStates(), expected("bert").path("hidden"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"m_B1c", "m_B4a", "m_B4b"})
  void knowsAddedTokens(String folder) throws Exception {
    var right = expected("added_tokens");
    var found = attention(Goldens.file("cases/more/" + folder), right.path("text").textValue());
    assertThat(found.inspection().tokens().ids()).containsExactly(2, 58, 10, 12, 59, 15, 5, 3);
    checkClose("hidden", found.inspection().joinedHiddenStates(), right.path("hidden"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert_shards",
        "bert_compiled",
        "bert_wrapped",
        "bert_tokenizer_json",
        "bert_called_roberta"
      })
  void computesTheSameAsThePlainFolder(String folder) throws Exception {
    var plain = attention(Goldens.file("cases/bert_plain"), "a big cat, is it?");
    var found = attention(Goldens.file("cases/" + folder), "a big cat, is it?");
    assertThat(found.inspection().tokens()).isEqualTo(plain.inspection().tokens());
    assertThat(found.inspection().joinedHiddenStates())
        .containsExactly(plain.inspection().joinedHiddenStates());
    try (var loaded = BertModels.open(Goldens.file("cases/" + folder).toString(), _ -> {})) {
      assertThat(loaded.model().answersQuestions()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "checkpoint_wrapped.pth, 0",
    "pytorch_model.bin, 0",
    "pytorch_model.legacy.bin, 0",
    "pytorch_model.gamma_beta.bin, 0",
    "pytorch_model.parameters.bin, 0",
    "pytorch_model.position_ids.bin, 0",
    "pytorch_model.shared_storage.bin, 0",
    "pytorch_model.transposed_views.bin, 0",
    // Half precision keeps 11 bits and bfloat16 8, over some forty products one after another.
    "model.fp16.safetensors, 0.01",
    "pytorch_model.fp16.legacy.bin, 0.01",
    "model.bf16.safetensors, 0.08",
    "pytorch_model.bf16.bin, 0.08",
  })
  void computesTheSameFromEveryWeightFile(String name, double tolerance) throws Exception {
    var plain = Goldens.file("cases/bert_plain");
    for (var file : List.of("config.json", "vocab.txt")) {
      Files.copy(plain.resolve(file), directory.resolve(file));
    }
    var file = directory.resolve(name);
    Files.copy(Goldens.file("goldens/bert/tiny/" + name), file);
    var expected = attention(plain, "a big cat").inspection().joinedHiddenStates();
    var found = attention(file, "a big cat").inspection().joinedHiddenStates();
    for (var i = 0; i < expected.length; i++) {
      assertThat(found[i]).as("[%d]", i).isCloseTo(expected[i], within((float) tolerance));
    }
  }

  @Test
  void refusesATextThatIsTooLongAndTakesAnEmptyOne() throws Exception {
    var model = Goldens.file("cases/more/m_plain");
    assertThat(attention(model, "").inspection().tokens().ids()).containsExactly(2, 3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> attention(model, "the ".repeat(100)))
        .withMessageContaining("102 tokens, too many for this model's maximal length of 64");
  }

  @Test
  void readsOneTokenForEachAdded() throws Exception {
    try (var loaded =
        BertModels.open(Goldens.file("cases/bert_added_tokens").toString(), _ -> {})) {
      assertThat(loaded.tokenizer().encode("[SUBJ] a [OBJ]").ids())
          .containsExactly(2, 120, 5, 121, 3);
      assertThat(loaded.notes()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "m_W6c | a.bert. and b.bert.",
        "m_B1b | tokenizer is BPE",
        "m_W8v | vocab.txt is a Git LFS pointer",
        "m_W8c | config.json is a Git LFS pointer",
        "W29a | is an adapter for made-up/bert and no model; give that model as --model and this as"
            + " --adapter",
      })
  void refusesInASentence(String folder, String message) {
    var model = Goldens.file("cases/more/" + folder);
    assertThatExceptionOfType(UnusableFileException.class)
        .isThrownBy(() -> attention(model, TEXT))
        .withMessageContaining(message);
  }

  /** The golden's description allows 1e-4 in single precision. */
  @Test
  void readsTheHomeworksModelAsGooglePublishedIt() throws Exception {
    var artifacts = new BertArtifacts(_ -> {});
    assumeTrue(
        artifacts.isLocal(KnownModel.BERT_BASE_CASED),
        "bert-base-cased is not in the local Maven repository");
    var model = artifacts.get(KnownModel.BERT_BASE_CASED);
    for (var ending : List.of(".index", ".data-00000-of-00001")) {
      var file = model.weights().resolve("variables/variables" + ending);
      copy(file, directory.resolve("bert_model.ckpt" + ending));
    }
    copy(model.vocabulary(), directory.resolve("vocab.txt"));
    Files.writeString(
        directory.resolve("bert_config.json"),
        """
        {"attention_probs_dropout_prob": 0.1, "hidden_act": "gelu", "hidden_dropout_prob": 0.1,
         "hidden_size": 768, "initializer_range": 0.02, "intermediate_size": 3072,
         "max_position_embeddings": 512, "num_attention_heads": 12, "num_hidden_layers": 12,
         "type_vocab_size": 2, "vocab_size": 28996}
        """);
    var text =
        "The police officer is popular with the residents because [MASK] is very generous and"
            + " kind.";
    for (var path : List.of(directory, directory.resolve("bert_model.ckpt"))) {
      var best = attention(path, text).predictions().get(10).getFirst();
      assertThat(best.token()).isEqualTo("he");
      assertThat(best.probability()).isCloseTo(0.98761, within(1e-4));
    }
  }

  private static void copy(Path file, Path to) throws IOException {
    try {
      Files.createLink(to, file);
    } catch (IOException | UnsupportedOperationException _) {
      Files.copy(file, to);
    }
  }

  @Test
  void mergesAnAdapterAndTellsSo() throws Exception {
    var model = Goldens.file("cases/more/m_plainst").toString();
    var adapter = Goldens.file("cases/more/W29d");
    try (var loaded =
        BertModels.open(model, Optional.of(adapter), OpenOptions.standard(), _ -> {})) {
      assertThat(loaded.name()).startsWith(model + " with the adapter ").contains("W29d");
      assertThat(loaded.notes()).anyMatch(note -> note.contains("made-up/bert"));
      var explanations = new TextExplanations(Engine.standard(), loaded);
      explanations.attention(loaded.tokenizer().encode(TEXT)).save(directory);
      var json = new JsonMapper().readTree(Files.readString(directory.resolve("predictions.json")));
      assertThat(json.at("/weights/model").textValue()).isEqualTo(model);
      assertThat(json.at("/weights/adapters/0").textValue()).contains("W29d");
      assertThat(json.at("/masked").toString()).isEqualTo("[6]");
      assertThat(json.at("/predictions/0/position").intValue()).isEqualTo(6);
    }
  }
}
