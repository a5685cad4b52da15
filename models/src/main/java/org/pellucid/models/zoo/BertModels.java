package org.pellucid.models.zoo;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.convert.BertNames;
import org.pellucid.weights.convert.LowRankAdapter;
import org.pellucid.weights.files.WeightFiles;

/** BERT models by name or directory, with their tokenizers. */
public final class BertModels {
  /** The name of bert-base-cased with the built-in question-answering adapter merged in. */
  public static final String QUESTION_ANSWERING = "bert-base-cased-qa";

  private static final String ADAPTER = "qa-adapter.safetensors";

  /** A model with the tokenizer it was trained with; closing it closes the model. */
  public record Loaded(String name, BertModel model, WordPieceTokenizer tokenizer)
      implements AutoCloseable {
    @Override
    public void close() {
      model.close();
    }
  }

  private BertModels() {}

  /** All names that {@link #open} knows. */
  public static List<String> names() {
    return Stream.concat(KnownModel.names().stream(), Stream.of(QUESTION_ANSWERING)).toList();
  }

  /** The known model whose files a name stands for. */
  static Optional<KnownModel> base(String name) {
    return name.equals(QUESTION_ANSWERING)
        ? Optional.of(KnownModel.BERT_BASE_CASED)
        : KnownModel.named(name);
  }

  /**
   * A known model by its name, or one in a directory of Hugging Face's layout.
   *
   * @param progress receives lines of text while a download or unpacking takes long
   * @throws org.pellucid.weights.UnusableFileException if it is neither, or its files can't be used
   * @throws IOException if it can't be downloaded or unpacked
   * @throws InterruptedException if interrupted during the download
   */
  public static Loaded open(String nameOrDirectory, Consumer<String> progress)
      throws IOException, InterruptedException {
    if (!nameOrDirectory.equals(QUESTION_ANSWERING)) {
      return load(nameOrDirectory, Optional.empty(), progress);
    }
    try (var adapter = BuiltInWeights.open(ADAPTER)) {
      return load(nameOrDirectory, Optional.of(adapter), progress);
    }
  }

  private static Loaded load(
      String nameOrDirectory, Optional<Checkpoint> adapter, Consumer<String> progress)
      throws IOException, InterruptedException {
    var files = BertFiles.locate(nameOrDirectory, progress);
    try (var base = BertNames.huggingFace(WeightFiles.open(files.weights()))) {
      var weights =
          adapter.map(a -> LowRankAdapter.merge(base, a, LowRankAdapter.scaling(a))).orElse(base);
      var parameters = new CheckpointParameters(weights);
      var model = BertModel.load(files.config(), parameters, ElementType.FLOAT32);
      return new Loaded(nameOrDirectory, model, files.tokenizer());
    }
  }
}
