package org.pellucid.models.zoo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.bert.AnswerHeadSource;
import org.pellucid.models.bert.DropoutRates;
import org.pellucid.models.bert.tuning.TunedWeights;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.convert.BertNames;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.safetensors.SafetensorsWriter;

/**
 * A BERT that is to be tuned for question answering: with a head, a new one where its weights hold
 * none, and with the files that go along with the result. Closing it closes the model.
 *
 * @param loaded the model with its tokenizer
 * @param dropout what its configuration says of dropout in training
 * @param files that it was read from
 */
public record TunableModel(BertModels.Loaded loaded, DropoutRates dropout, BertFiles files)
    implements AutoCloseable {

  /**
   * Opens a model by its name or directory, see {@link BertModels#open}.
   *
   * @param adapter a low-rank adapter to merge in before
   * @param options how the model's weight file is opened
   * @param seed of a new head's weights
   * @param progress receives lines of text while a download or unpacking takes long
   * @throws org.pellucid.weights.UnusableFileException if files can't be used, or the model is a
   *     DistilBERT or an ELECTRA, whose weights have other names
   * @throws IOException if it can't be downloaded or unpacked
   * @throws InterruptedException if interrupted during the download
   */
  public static TunableModel open(
      String nameOrDirectory,
      Optional<Path> adapter,
      OpenOptions options,
      long seed,
      Consumer<String> progress)
      throws IOException, InterruptedException {
    var files = BertFiles.locate(nameOrDirectory, progress);
    checkFamily(nameOrDirectory, files, options);
    var dropout = dropout(files);
    var loaded =
        BertModels.load(
            nameOrDirectory,
            files,
            adapter,
            options,
            (parameters, config) -> AnswerHeadSource.of(parameters, config.hiddenSize(), seed));
    return new TunableModel(loaded, dropout, files);
  }

  private static void checkFamily(String model, BertFiles files, OpenOptions options) {
    try (var opened = WeightFiles.open(files.weights(), options)) {
      for (var name : BertNames.huggingFace(opened).names()) {
        ModelFileException.check(
            !name.startsWith("distilbert.") && !name.startsWith("electra."),
            "%s holds a DistilBERT or an ELECTRA, but only BERT itself can be tuned; give a BERT",
            model);
      }
    }
  }

  private static DropoutRates dropout(BertFiles files) {
    try {
      return switch (files) {
        case BertFiles.SavedModel _ -> DropoutRates.STANDARD;
        case BertFiles.HuggingFace folder ->
            DropoutRates.read(folder.directory().resolve("config.json"));
        case BertFiles.Google folder ->
            DropoutRates.read(folder.directory().resolve("bert_config.json"));
      };
    } catch (IllegalArgumentException e) {
      throw new ModelFileException(files.weights() + ": " + e.getMessage(), e);
    }
  }

  /**
   * Writes the model as it is now in Hugging Face's layout: {@code config.json}, the tokenizer's
   * files and {@code model.safetensors}, each under its name only when it is whole.
   *
   * @throws org.pellucid.weights.WeightsException if the weights can't be written
   * @throws IOException if another file can't be written
   */
  public void write(Path directory) throws IOException {
    SafetensorsWriter.write(
        directory.resolve("model.safetensors"),
        TunedWeights.of(loaded.model()),
        Map.of("format", "pt"));
    new TunedFolder(this).write(directory);
  }

  @Override
  public void close() {
    loaded.close();
  }
}
