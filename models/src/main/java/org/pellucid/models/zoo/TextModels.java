package org.pellucid.models.zoo;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.bert.TextTokenizer;
import org.pellucid.models.text.BertLanguageModel;
import org.pellucid.models.text.LanguageModel;
import org.pellucid.models.text.OnnxTextModel;
import org.pellucid.weights.OpenOptions;

/**
 * Language models of any family by name or directory, with their tokenizers: BERT, and ONNX graphs.
 *
 * <p>The known encoders of sentences, files that end in {@code .onnx}, and directories whose only
 * weights are a graph are run as the graph that they are; so are directories of families that
 * aren't BERT's, where a graph stands beside other weights. Everything else is a BERT, see {@link
 * BertModels#open}.
 */
public final class TextModels {

  /**
   * A model with its tokenizer; closing it closes the model.
   *
   * @param origin which weights it has
   * @param notes complete sentences about choices made while reading that the reader of the results
   *     should know
   */
  public record Loaded(WeightsOrigin origin, LanguageModel model, List<String> notes)
      implements AutoCloseable {
    /** Copies the list. */
    public Loaded {
      notes = List.copyOf(notes);
    }

    /** A BERT. */
    public static Loaded of(BertModels.Loaded loaded) {
      return new Loaded(
          loaded.origin(),
          new BertLanguageModel(loaded.model(), loaded.tokenizer()),
          loaded.notes());
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

  private TextModels() {}

  /**
   * A known model by its name, or one in a directory.
   *
   * @param adapter a low-rank adapter to merge in, which makes it a BERT in any case
   * @param options how the model's weight file is opened
   * @param progress receives lines of text while a download or unpacking takes long
   * @throws org.pellucid.weights.UnusableFileException if it is neither, or its files can't be used
   * @throws IOException if it can't be downloaded or unpacked
   * @throws InterruptedException if interrupted during the download
   */
  public static Loaded open(
      String nameOrDirectory,
      Optional<Path> adapter,
      OpenOptions options,
      Consumer<String> progress)
      throws IOException, InterruptedException {
    var graph = adapter.isPresent() ? Optional.<Path>empty() : graph(nameOrDirectory, progress);
    if (graph.isEmpty()) {
      return Loaded.of(BertModels.open(nameOrDirectory, adapter, options, progress));
    }
    var model = OnnxTextModel.open(graph.get(), ElementType.FLOAT32, options);
    var origin = new WeightsOrigin(nameOrDirectory, nameOrDirectory, List.of());
    return new Loaded(origin, model, model.notes());
  }

  /**
   * The tokenizer of a known model or of one in a directory.
   *
   * @param progress receives lines of text while a download or unpacking takes long
   * @throws org.pellucid.weights.UnusableFileException if it is neither, or its files can't be used
   * @throws IOException if it can't be downloaded or unpacked
   * @throws InterruptedException if interrupted during the download
   */
  public static TextTokenizer tokenizer(String nameOrDirectory, Consumer<String> progress)
      throws IOException, InterruptedException {
    var graph = graph(nameOrDirectory, progress);
    if (graph.isEmpty()) {
      return BertFiles.locate(nameOrDirectory, progress).tokenizer();
    }
    try (var model = OnnxTextModel.open(graph.get())) {
      return model.tokenizer();
    }
  }

  /** The directory or file of a model that is run as a graph. */
  private static Optional<Path> graph(String nameOrDirectory, Consumer<String> progress)
      throws IOException, InterruptedException {
    var known = BertModels.base(nameOrDirectory);
    if (known.isPresent()) {
      return known.get().encodesSentences()
          ? Optional.of(new BertArtifacts(progress).get(known.get()).weights())
          : Optional.empty();
    }
    try {
      return nameOrDirectory.isBlank()
          ? Optional.empty()
          : ModelFolder.graph(Path.of(nameOrDirectory));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
