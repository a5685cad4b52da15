package org.pellucid.models.zoo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.bert.BertConfig;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.models.nn.ParameterSource;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.convert.BertNames;
import org.pellucid.weights.convert.LowRankAdapter;
import org.pellucid.weights.files.WeightFiles;

/** BERT models by name or directory, with their tokenizers. */
public final class BertModels {
  /** The name of bert-base-cased with the built-in question-answering adapter merged in. */
  public static final String QUESTION_ANSWERING = "bert-base-cased-qa";

  private static final String ADAPTER = "qa-adapter.safetensors";

  /**
   * A model with the tokenizer it was trained with; closing it closes the model.
   *
   * @param origin which weights it has
   * @param notes complete sentences about choices made while reading that the reader of the results
   *     should know
   */
  public record Loaded(
      WeightsOrigin origin, BertModel model, WordPieceTokenizer tokenizer, List<String> notes)
      implements AutoCloseable {
    /** Copies the list. */
    public Loaded {
      notes = List.copyOf(notes);
    }

    /** Which weights it has, in one line. */
    public String name() {
      return origin.title();
    }

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
   * A known model by its name, or one in a directory; see {@link BertFiles#locate}.
   *
   * @param progress receives lines of text while a download or unpacking takes long
   * @throws org.pellucid.weights.UnusableFileException if it is neither, or its files can't be used
   * @throws IOException if it can't be downloaded or unpacked
   * @throws InterruptedException if interrupted during the download
   */
  public static Loaded open(String nameOrDirectory, Consumer<String> progress)
      throws IOException, InterruptedException {
    return open(nameOrDirectory, Optional.empty(), OpenOptions.standard(), progress);
  }

  /**
   * The same with a low-rank adapter merged in.
   *
   * @param adapter a weight file or a directory of one
   * @param options how the model's weight file is opened
   * @param progress receives lines of text while a download or unpacking takes long
   * @throws org.pellucid.weights.UnusableFileException if it is neither, or files can't be used
   * @throws IOException if it can't be downloaded or unpacked
   * @throws InterruptedException if interrupted during the download
   */
  public static Loaded open(
      String nameOrDirectory,
      Optional<Path> adapter,
      OpenOptions options,
      Consumer<String> progress)
      throws IOException, InterruptedException {
    var files = BertFiles.locate(nameOrDirectory, progress);
    return load(nameOrDirectory, files, adapter, options, Additions.NONE);
  }

  /**
   * The model that a result is from, with the adapter that was merged into it.
   *
   * @param progress receives lines of text while a download or unpacking takes long
   * @throws org.pellucid.weights.UnusableFileException if it isn't there any more, or its files
   *     can't be used
   * @throws IOException if it can't be downloaded or unpacked
   * @throws InterruptedException if interrupted during the download
   */
  public static Loaded open(WeightsOrigin origin, Consumer<String> progress)
      throws IOException, InterruptedException {
    return open(origin.model(), origin.adapter(), OpenOptions.standard(), progress);
  }

  /** What a model is to have beyond its weights. */
  @FunctionalInterface
  interface Additions {
    Additions NONE = (parameters, _) -> parameters;

    ParameterSource to(ParameterSource parameters, BertConfig config);
  }

  /**
   * A model whose files were found.
   *
   * @throws org.pellucid.weights.UnusableFileException if they can't be used
   */
  static Loaded load(
      String nameOrDirectory,
      BertFiles files,
      Optional<Path> adapter,
      OpenOptions options,
      Additions additions) {
    var base = base(nameOrDirectory).map(KnownModel::modelName).orElse(nameOrDirectory);
    var adapters = new ArrayList<Checkpoint>();
    try {
      if (nameOrDirectory.equals(QUESTION_ANSWERING)) {
        adapters.add(BuiltInWeights.open(ADAPTER));
      }
      adapter.map(WeightFiles::open).ifPresent(adapters::add);
      var origin =
          new WeightsOrigin(
              nameOrDirectory,
              base,
              adapters.stream().map(merged -> merged.file().toString()).toList());
      return load(files, adapters, options, origin, additions);
    } finally {
      adapters.forEach(Checkpoint::close);
    }
  }

  private static Loaded load(
      BertFiles files,
      List<Checkpoint> adapters,
      OpenOptions options,
      WeightsOrigin origin,
      Additions additions) {
    // What the names of a known model's weights are is no news to anybody.
    var isKnown = base(origin.model()).isPresent();
    try (var opened = WeightFiles.open(files.weights(), options)) {
      var weights = BertNames.huggingFace(opened);
      for (var adapter : adapters) {
        weights = LowRankAdapter.merge(weights, adapter);
      }
      var bert = BertNames.asBert(weights);
      checkTypes(bert);
      var parameters = new CheckpointParameters(bert);
      var told = files.config();
      var config = told.fitting(parameters);
      var tokenizer = files.tokenizer();
      var notes = new ArrayList<>(isKnown ? List.<String>of() : bert.notes());
      notes.addAll(differences(told, config, tokenizer));
      notes.addAll(unusedLayers(config, bert));
      var model = BertModel.load(config, additions.to(parameters, config), ElementType.FLOAT32);
      return new Loaded(origin, model, tokenizer, notes);
    }
  }

  /** Quantised weights are whole numbers, which mean nothing without the scales beside them. */
  private static void checkTypes(Checkpoint bert) {
    bert.tensors()
        .forEach(
            (name, tensor) ->
                ModelFileException.check(
                    !name.startsWith("bert.encoder.")
                        || !name.endsWith(".weight")
                        || tensor.info().dtype().isFloatingPoint(),
                    "%s in %s is of the type %s, so the weights are quantised; give them in"
                        + " floating point",
                    name,
                    bert.file(),
                    tensor.info().dtype()));
  }

  private static List<String> unusedLayers(BertConfig config, Checkpoint bert) {
    var next = "bert.encoder.layer.%d.attention.self.query.weight".formatted(config.layers());
    return bert.tensors().containsKey(next)
        ? List.of(
            "The weights hold more encoder layers than the %d that the configuration tells of; the others are left out."
                .formatted(config.layers()))
        : List.of();
  }

  private static List<String> differences(
      BertConfig told, BertConfig config, WordPieceTokenizer tokenizer) {
    var notes = new ArrayList<String>();
    if (told.vocabularySize() != config.vocabularySize()) {
      notes.add(
          "The configuration tells of %d word pieces, but the weights hold %d; the weights decide."
              .formatted(told.vocabularySize(), config.vocabularySize()));
    }
    if (tokenizer.vocabulary().size() > config.vocabularySize()) {
      notes.add(
          "The vocabulary has %d pieces, but the weights hold only %d; texts with the others are refused."
              .formatted(tokenizer.vocabulary().size(), config.vocabularySize()));
    }
    return notes;
  }
}
