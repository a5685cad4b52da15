package org.pellucid.explain.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.explain.Goldens;
import org.pellucid.models.zoo.BertModels;
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

  @Test
  void mergesAnAdapterAndTellsSo() throws Exception {
    var model = Goldens.file("cases/more/m_plainst").toString();
    var adapter = Goldens.file("cases/more/W29d");
    try (var loaded = BertModels.open(model, Optional.of(adapter), _ -> {})) {
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
