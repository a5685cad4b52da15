package org.pellucid.models.text;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.bert.JsonFile;
import org.pellucid.models.bert.TextTokenizer;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.models.onnx.GraphFolder;

/**
 * The files of a language model in an ONNX graph.
 *
 * @param directory where the tokenizer and the configuration are
 * @param graph the file of the graph
 * @param config {@code config.json}, if there
 */
record TextFolder(Path directory, Path graph, JsonFile config) {
  private static final String WORD_PIECES = "vocab.txt";
  private static final String POOLING = "1_Pooling/config.json";

  private static final String READABLE =
      "WordPiece (tokenizer.json or vocab.txt) and pairs of bytes (tokenizer.json, or vocab.json"
          + " with merges.txt)";

  /** RoBERTa's positions begin after the id of its padding token. */
  private static final int USUAL_PADDING = 1;

  private static final int USUAL_POSITIONS = 512;

  /**
   * The files that a directory or a graph's path means.
   *
   * @throws ModelFileException if there is no graph
   */
  static TextFolder of(Path path) {
    var graph = Files.isDirectory(path) ? graphIn(path) : path;
    ModelFileException.check(
        Files.isRegularFile(graph), "There is no file or directory %s; check the path", graph);
    var folders = GraphFolder.around(path);
    var directory =
        folders.stream().filter(TextFolder::hasTokenizer).findFirst().orElse(folders.getFirst());
    var file = directory.resolve("config.json");
    var config = Files.exists(file) ? JsonFile.read(file) : JsonFile.empty(file);
    return new TextFolder(directory, graph, config);
  }

  private static Path graphIn(Path directory) {
    return GraphFolder.findBelow(directory)
        .orElseThrow(
            () ->
                new ModelFileException(
                    "%s holds no graph: there is neither %s; export the model to one of them, or give the graph's path."
                        .formatted(directory, String.join(" nor ", GraphFolder.usualNames()))));
  }

  private static boolean hasTokenizer(Path directory) {
    return Files.exists(directory.resolve(BytePairFiles.TOKENIZER))
        || Files.exists(directory.resolve(WORD_PIECES))
        || hasTwoFiles(directory);
  }

  private static boolean hasTwoFiles(Path directory) {
    return Files.exists(directory.resolve(BytePairFiles.VOCABULARY))
        && Files.exists(directory.resolve(BytePairFiles.MERGES));
  }

  /**
   * The tokenizer.
   *
   * @throws ModelFileException if there is none, or none that is supported
   */
  TextTokenizer tokenizer(GraphInputs inputs) {
    if (!hasTokenizer(directory)) {
      throw ForeignVocabulary.in(directory)
          .map(found -> found.refusal(directory, READABLE))
          .orElseGet(
              () ->
                  new ModelFileException(
                      "%s has no tokenizer: put the model's tokenizer.json, vocab.txt, or vocab.json and merges.txt there."
                          .formatted(directory)));
    }
    var length = maximalLength(inputs);
    return isOfBytePairs()
        ? new BytePairFiles(directory, length).read()
        : WordPieceTokenizer.open(directory, length);
  }

  /** As the tokenizer's file says, or as the files are called. */
  private boolean isOfBytePairs() {
    var file = directory.resolve(BytePairFiles.TOKENIZER);
    if (!Files.exists(file)) {
      return !Files.exists(directory.resolve(WORD_PIECES));
    }
    var model = JsonFile.read(file).root().path("model");
    var type = model.path("type").asText(model.has("merges") ? "BPE" : "WordPiece");
    ModelFileException.check(
        type.equals("BPE") || type.equals("WordPiece"),
        "%s: its tokenizer is %s, but only WordPiece and byte-level pairs (BPE) can be read; give a"
            + " model with BERT's or RoBERTa's tokenizer",
        file,
        type);
    return type.equals("BPE");
  }

  /** As the table of position embeddings has rows, or as the configuration says. */
  private int maximalLength(GraphInputs inputs) {
    var rows =
        inputs.positionRows().isPresent()
            ? Math.toIntExact(inputs.positionRows().getAsLong())
            : config.integer("max_position_embeddings").orElse(USUAL_POSITIONS);
    var before = inputs.countsIds() ? config.integer("pad_token_id").orElse(USUAL_PADDING) + 1 : 0;
    return rows - before;
  }

  /** The names of the classes. */
  List<String> labels() {
    return config.numberedTexts("id2label");
  }

  /**
   * How sentence-transformers pools, or by the mean.
   *
   * @throws ModelFileException if it is in another way than those that are supported
   */
  Pooling pooling() {
    var file = directory.resolve(POOLING);
    if (!Files.exists(file)) {
      return Pooling.MEAN;
    }
    var json = JsonFile.read(file);
    if (json.flag("pooling_mode_mean_tokens").orElse(false)) {
      return Pooling.MEAN;
    }
    if (json.flag("pooling_mode_cls_token").orElse(false)) {
      return Pooling.FIRST;
    }
    throw new ModelFileException(
        "%s pools neither by the mean nor by the first token, and nothing else is supported; give a model that does."
            .formatted(file));
  }
}
