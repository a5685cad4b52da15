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
            "bert-base-cased, bert-base-uncased, bert-base-multilingual-cased, bge-small-en,"
                + " bge-small-en-v1.5, all-minilm-l6-v2, bert-base-cased-qa");
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

  private void vocabulary() throws IOException {
    write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\n");
  }

  private Path weights() throws Exception {
    return BertFiles.locate(directory.toString(), _ -> {}).weights();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.safetensors",
        "model.safetensors.index.json",
        "pytorch_model.bin",
        "pytorch_model.bin.index.json",
        "model.onnx",
        "onnx/model.onnx",
        "model.fp16.safetensors",
        "weights.bin"
      })
  void weightsAreFoundUnderTheirNames(String name) throws Exception {
    write("config.json", CONFIG);
    vocabulary();
    write("training_args.bin", "x");
    write("openvino_model.bin", "x");
    write("tf_model.h5", "x");
    write(name, "weights");
    assertThat(weights()).isEqualTo(directory.resolve(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tf_model.h5", "flax_model.msgpack", "rust_model.ot", "model.Q4.gguf"})
  void weightsOfOtherLibrariesAreNamed(String name) throws Exception {
    write("config.json", CONFIG);
    vocabulary();
    write(name, "x");
    assertMissing("holds its weights only as " + name.replace("model.Q4", ""));
  }

  @Test
  void severalFilesOfUnusualNamesAreNotGuessed() throws Exception {
    write("config.json", CONFIG);
    vocabulary();
    write("a.safetensors", "x");
    write("b.safetensors", "x");
    assertMissing("model.safetensors or pytorch_model.bin");
    var chosen = BertFiles.locate(directory.resolve("b.safetensors").toString(), _ -> {});
    assertThat(chosen.weights()).isEqualTo(directory.resolve("b.safetensors"));
    assertThat(chosen.config().layers()).isEqualTo(1);
  }

  @Test
  void anotherVocabularyIsNamed() throws Exception {
    write("config.json", CONFIG);
    write("model.safetensors", "weights");
    write("merges.txt", "#version");
    assertMissing("byte-pair encoding (BPE)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"roberta", "xlm-roberta", "albert", "deberta-v2", "gpt2"})
  void otherFamiliesAreRefusedByName(String type) throws Exception {
    var config = CONFIG.replace("{", "{\"model_type\": \"" + type + "\", ");
    write("config.json", config.replace("\"type_vocab_size\": 2", "\"type_vocab_size\": 1"));
    assertMissing("model_type \"" + type + "\"");
  }

  @Test
  void decodersAreRefused() throws Exception {
    write("config.json", CONFIG.replace("{", "{\"is_decoder\": true, "));
    assertMissing("is_decoder");
  }

  @Test
  void anAdapterSaysForWhichModelItIs() throws Exception {
    write(
        "adapter_config.json",
        "{\"r\": 2, \"lora_alpha\": 4, \"base_model_name_or_path\": \"bert-base-cased\"}");
    write("adapter_model.safetensors", "x");
    assertMissing("is an adapter for bert-base-cased and no model");
    write("config.json", CONFIG);
    assertMissing("is an adapter for bert-base-cased");
    write("model.safetensors", "x");
    vocabulary();
    assertThat(weights()).isEqualTo(directory.resolve("model.safetensors"));
  }

  private void snapshot(String revision) throws IOException {
    var folder = "snapshots/" + revision + "/";
    write("blobs/c0", CONFIG);
    write("blobs/b0", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\n");
    write("blobs/a0", "weights");
    Files.createDirectories(directory.resolve(folder));
    link(folder + "config.json", "c0");
    link(folder + "vocab.txt", "b0");
    link(folder + "model.safetensors", "a0");
  }

  private void link(String name, String blob) throws IOException {
    Files.createSymbolicLink(directory.resolve(name), Path.of("../../blobs", blob));
  }

  @Test
  void aFolderOfTheCacheMeansTheSnapshotInUse() throws Exception {
    assertThat(Files.createDirectory(directory.resolve("snapshots"))).isDirectory();
    assertMissing("holds no snapshot");
    snapshot("1");
    var first = directory.resolve("snapshots/1/model.safetensors");
    assertThat(weights()).isEqualTo(first);
    assertThat(BertFiles.locate(directory.toString(), _ -> {}).tokenizer().maximalLength())
        .isEqualTo(5);
    snapshot("2");
    assertMissing("several snapshots, 1, 2");
    write("refs/main", "1\n");
    assertThat(weights()).isEqualTo(first);
    write("refs/main", "../..\n");
    assertMissing("several snapshots, 1, 2");
  }

  @Test
  void aCacheWhoseLinksBecameTextsIsRead() throws Exception {
    snapshot("1");
    for (var name : new String[] {"config.json", "vocab.txt", "model.safetensors"}) {
      var file = directory.resolve("snapshots/1").resolve(name);
      var blob = Files.readSymbolicLink(file).toString();
      Files.delete(file);
      Files.writeString(file, blob);
    }
    assertThat(weights().getFileName()).hasToString("a0");
    assertThat(BertFiles.locate(directory.toString(), _ -> {}).config().layers()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/bert_model.ckpt",
        "/bert_model.ckpt.index",
        "/bert_model.ckpt.meta",
        "/bert_model.ckpt.data-00000-of-00001"
      })
  void aGoogleCheckpointIsFoundByItsFolderAndItsPrefix(String path) throws Exception {
    write("bert_config.json", CONFIG);
    vocabulary();
    assertMissing("bert_model.ckpt.index");
    write("bert_model.ckpt.index", "index");
    write("bert_model.ckpt.meta", "");
    write("bert_model.ckpt.data-00000-of-00001", "data");
    var files = BertFiles.locate(directory + path, _ -> {});
    assertThat(files).isInstanceOf(BertFiles.Google.class);
    assertThat(files.weights()).isEqualTo(directory.resolve("bert_model.ckpt.index"));
    assertThat(files.config().layers()).isEqualTo(1);
    assertThat(files.tokenizer().maximalLength()).isEqualTo(5);
  }

  @Test
  void oneOfSeveralGoogleCheckpointsMustBeGiven() throws Exception {
    write("bert_config.json", CONFIG);
    vocabulary();
    write("model.ckpt-100.index", "index");
    assertThat(weights()).isEqualTo(directory.resolve("model.ckpt-100.index"));
    write("model.ckpt-200.index", "index");
    assertMissing("several checkpoints, model.ckpt-100.index, model.ckpt-200.index");
    assertThat(BertFiles.locate(directory + "/model.ckpt-200", _ -> {}).weights())
        .isEqualTo(directory.resolve("model.ckpt-200.index"));
  }

  @Test
  void aWeightFileWithoutAFolderAroundItIsRefused() throws Exception {
    write("net.pth", "x");
    assertThatExceptionOfType(ModelFileException.class)
        .isThrownBy(() -> BertFiles.locate(directory.resolve("net.pth").toString(), _ -> {}))
        .withMessageContaining("config.json");
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
