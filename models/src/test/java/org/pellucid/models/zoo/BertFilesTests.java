package org.pellucid.models.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.models.ModelFileException;

class BertFilesTests {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"bert-large", "", "no/such/place", "a\0b"})
  void unknownNamesAreAnsweredWithTheKnownOnes(String name) {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> BertFiles.locate(name, _ -> {}))
        .withMessageContaining("\"" + name + "\" is neither a directory nor a known model")
        .withMessageContaining(
            "bert-base-cased, bert-base-uncased, bert-base-multilingual-cased, "
                + "bert-base-cased-qa");
  }

  @Test
  void aHuggingFaceDirectoryIsRecognised() throws Exception {
    write("config.json", CONFIG);
    write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\n");
    write("pytorch_model.bin", "weights");
    var files = BertFiles.locate(directory.toString(), _ -> {});
    assertThat(files.weights()).isEqualTo(directory.resolve("pytorch_model.bin"));
    assertThat(files.vocabulary()).isEqualTo(directory.resolve("vocab.txt"));
    assertThat(files.config().layers()).isEqualTo(1);
    assertThat(files.tokenizer().maximalLength()).isEqualTo(5);

    write("model.safetensors", "weights");
    assertThat(BertFiles.locate(directory.toString(), _ -> {}).weights())
        .isEqualTo(directory.resolve("model.safetensors"));
  }

  @Test
  void aSavedModelDirectoryIsRecognised() throws Exception {
    write("saved_model.pb", "graph");
    write("assets/vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\n");
    assertMissing("variables/variables.index");
    write("variables/variables.index", "index");
    assertMissing("assets/model.json");
    write("assets/model.json", "{\"doLowerCase\": 1}");
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> BertFiles.locate(directory.toString(), _ -> {}))
        .withMessageContaining("doLowerCase");
    write("assets/model.json", "{\"doLowerCase\": false}");
    var files = BertFiles.locate(directory.toString(), _ -> {});
    assertThat(files.weights()).isEqualTo(directory);
    assertThat(files.config().hiddenSize()).isEqualTo(768);
    assertThat(files.tokenizer().encode("THE").pieces()).contains("[UNK]");
  }

  @Test
  void whatADirectoryLacksIsNamed() throws Exception {
    assertMissing("config.json");
    write("config.json", CONFIG);
    assertMissing("vocab.txt");
    write("vocab.txt", "[PAD]\n");
    assertMissing("model.safetensors or pytorch_model.bin");
  }

  private static final String CONFIG =
      """
      {"vocab_size": 6, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2,
       "intermediate_size": 4, "max_position_embeddings": 5, "type_vocab_size": 2}
      """;

  private void assertMissing(String name) {
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> BertFiles.locate(directory.toString(), _ -> {}))
        .withMessageContaining(directory.toString())
        .withMessageContaining(name);
  }

  private void write(String name, String text) throws IOException {
    var file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
