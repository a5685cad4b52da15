package org.pellucid.models.zoo;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.convert.BertNames;
import org.pellucid.weights.convert.LowRankAdapter;
import org.pellucid.weights.files.WeightFiles;

/** BERT models by name or directory, with their tokenizers. */
public final class BertModels {
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

  /**
   * A known model by its name, or one in a directory of Hugging Face's layout.
   *
   * @param progress told in a few words what takes long
   * @throws IOException if it can't be found, fetched or unpacked
   */
  public static Loaded open(String nameOrDirectory, Consumer<String> progress)
      throws IOException, InterruptedException {
    return load(nameOrDirectory, Optional.empty(), progress);
  }

  /**
   * A model that answers questions: bert-base-cased gets the built-in adapter merged in, any other
   * must bring its own head.
   *
   * @throws IOException if it can't be found, fetched or unpacked
   */
  public static Loaded openForQuestions(String nameOrDirectory, Consumer<String> progress)
      throws IOException, InterruptedException {
    if (!nameOrDirectory.equals(KnownModel.BERT_BASE_CASED.modelName())) {
      return open(nameOrDirectory, progress);
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
      var weights = adapter.map(a -> LowRankAdapter.merge(base, a, scaling(a))).orElse(base);
      var parameters = new CheckpointParameters(weights);
      var model = BertModel.load(files.config(), parameters, ElementType.FLOAT32);
      return new Loaded(nameOrDirectory, model, files.tokenizer());
    }
  }

  private static double scaling(Checkpoint adapter) {
    return Double.parseDouble(adapter.metadata().get("lora_alpha"))
        / Double.parseDouble(adapter.metadata().get("r"));
  }
}
