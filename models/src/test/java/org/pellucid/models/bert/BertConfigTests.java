package org.pellucid.models.bert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.models.ModelFileException;

class BertConfigTests {
  private static final String TINY =
      """
      {"model_type": "bert", "vocab_size": 120, "hidden_size": 32, "num_hidden_layers": 2,
       "num_attention_heads": 4, "intermediate_size": 64, "max_position_embeddings": 40,
       "type_vocab_size": 2, "hidden_act": "relu", "layer_norm_eps": 1e-5, "pad_token_id": 3,
       "id2label": {"0": "no", "1": "yes"}, "unknown": [1]}
      """;

  @TempDir Path directory;

  @Test
  void readsAllFields() throws IOException {
    assertThat(read(TINY))
        .isEqualTo(new BertConfig(120, 32, 2, 4, 64, 40, 2, 1e-5, "relu", 3, List.of("no", "yes")));
  }

  @Test
  void olderFilesLackWhatHasADefault() throws IOException {
    var config =
        read(
            """
            {"vocab_size": 9, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
             "intermediate_size": 4, "max_position_embeddings": 5, "type_vocab_size": 2}
            """);
    assertThat(config).isEqualTo(new BertConfig(9, 8, 1, 2, 4, 5, 2, 1e-12, "gelu", 0, List.of()));
    assertThat(config.headSize()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"vocab_size\": 120,        | | has no field \"vocab_size\"",
        "\"hidden_size\": 32         | \"hidden_size\": 30 | hidden_size 30 is not a multiple",
        "\"hidden_size\": 32         | \"hidden_size\": 32.5 | must be a whole number, not 32.5",
        "\"hidden_size\": 32         | \"hidden_size\": 99999999999 | must be a whole number",
        "\"hidden_size\": 32         | \"hidden_size\": \"32\" | must be a whole number, not"
            + " \"32\"",
        "\"num_hidden_layers\": 2    | \"num_hidden_layers\": 0 | num_hidden_layers must be"
            + " positive",
        "1e-5                        | 2 | layer_norm_eps must lie between",
        "\"pad_token_id\": 3         | \"pad_token_id\": 120 | pad_token_id 120 is outside",
        "\"1\": \"yes\"              | \"7\": \"yes\" | maps 0, 1, 2",
        "\"bert\"                    | \"albert\" | model_type \"albert\" is not supported",
        "\"relu\"                    | [] | \"hidden_act\" must be a text",
        "\"unknown\"                 | unknown | is not valid JSON",
      })
  void wrongFieldsGetASentenceThatNamesThem(String part, String replacement, String message) {
    assertThat(TINY).contains(part);
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> read(TINY.replace(part, replacement == null ? "" : replacement)))
        .withMessageContaining("config.json")
        .withMessageContaining(message);
  }

  @Test
  void otherJsonAndNoFileAreRefused() {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> read("[]"))
        .withMessageContaining("no JSON object");
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> read(""))
        .withMessageContaining("config.json");
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> BertConfig.read(directory.resolve("absent.json")))
        .withMessageContaining("absent.json");
  }

  private BertConfig read(String json) throws IOException {
    return BertConfig.read(Files.writeString(directory.resolve("config.json"), json));
  }
}
