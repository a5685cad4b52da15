package org.pellucid.models.zoo;

import static org.pellucid.models.ModelFileException.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.nn.NetworkBuilder;
import org.pellucid.models.nn.NetworkDescription;
import org.pellucid.models.nn.ParameterSource;
import org.pellucid.models.vision.Preprocessing;
import org.pellucid.models.vision.Preprocessing.ChannelOrder;
import org.pellucid.models.vision.PreprocessingOptions;
import org.pellucid.models.vision.PreprocessorConfig;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.files.WeightFiles;

/** Opens an image classifier from its weights, its description and what lies beside the weights. */
final class ClassifierFiles {
  private final String nameOrFile;
  private final ClassifierOptions options;
  private final List<String> notes = new ArrayList<>();

  ClassifierFiles(String nameOrFile, ClassifierOptions options) {
    this.nameOrFile = nameOrFile;
    this.options = options;
  }

  ImageClassifier open() {
    try (var checkpoint = checkpoint()) {
      notes.addAll(checkpoint.notes());
      var parameters = new CheckpointParameters(checkpoint);
      var description = description(parameters);
      var beside = beside(PreprocessorConfig.FILE_NAME).flatMap(PreprocessorConfig::read);
      var preprocessing = preprocessing(description, beside);
      var network = network(description, parameters, preprocessing);
      try {
        checkChannels(network);
        notes.addAll(network.notes());
        beside.ifPresent(config -> noteView(config, network));
        return new ImageClassifier(nameOrFile, network, names(network), preprocessing, notes);
      } catch (RuntimeException e) {
        network.close();
        throw e;
      }
    }
  }

  private NetworkDescription description(ParameterSource parameters) {
    var found =
        options
            .network()
            .map(NetworkDescription::read)
            .orElseGet(() -> NetworkBuilder.describe(parameters));
    return options
        .size()
        .map(size -> found.withInputSize(size.getFirst(), size.getLast()))
        .orElse(found);
  }

  private void checkChannels(ConvolutionalNetwork network) {
    var actual = network.inputShape()[0];
    check(
        options.channels().orElse((int) actual) == actual,
        "%s takes images of %d channels, not of %d; leave the number out or give %d",
        nameOrFile,
        actual,
        options.channels().orElse(0),
        actual);
  }

  private boolean isBuiltIn() {
    return nameOrFile.equals(ImageClassifier.BUILT_IN);
  }

  private Checkpoint checkpoint() {
    if (isBuiltIn()) {
      return BuiltInWeights.open("food.safetensors");
    }
    var standard = OpenOptions.standard();
    return WeightFiles.open(
        Path.of(nameOrFile), options.state().map(standard::withState).orElse(standard));
  }

  /** A file beside the weights, or in their folder where that was given. */
  private Optional<Path> beside(String name) {
    if (isBuiltIn()) {
      return Optional.empty();
    }
    var file = Path.of(nameOrFile);
    var found = Files.isDirectory(file) ? file.resolve(name) : file.resolveSibling(name);
    return Files.isRegularFile(found) ? Optional.of(found) : Optional.empty();
  }

  private Preprocessing preprocessing(
      NetworkDescription description, Optional<PreprocessorConfig> beside) {
    var described =
        PreprocessingOptions.normalised(description.mean(), description.std())
            .or(
                options
                    .network()
                    .map(PreprocessingOptions::in)
                    .orElse(PreprocessingOptions.none()));
    return options
        .preprocessing()
        .or(described)
        .or(beside.map(PreprocessorConfig::options).orElse(PreprocessingOptions.none()))
        .over(options.standard());
  }

  private static ConvolutionalNetwork network(
      NetworkDescription description, ParameterSource parameters, Preprocessing preprocessing) {
    var source =
        preprocessing.order() == ChannelOrder.BGR
            ? ReversedChannels.of(description, parameters)
            : parameters;
    var network = NetworkBuilder.build(description, source, ElementType.FLOAT32);
    try {
      var normalisation = preprocessing.normalisation(Math.toIntExact(network.inputShape()[0]));
      return normalisation.isIdentity() && network.normalisation().isEmpty()
          ? network
          : network.normalised(normalisation.mean(), normalisation.deviation());
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private void noteView(PreprocessorConfig config, ConvolutionalNetwork network) {
    var shape = network.inputShape();
    notes.add(
        "Images are prepared as %s beside the weights says, where nothing else was given."
            .formatted(PreprocessorConfig.FILE_NAME));
    var view = config.view();
    if (!view.isEmpty() && (view.getFirst() != shape[1] || view.getLast() != shape[2])) {
      notes.add(
          "%s gives images of %d x %d pixels, but the network takes %d x %d; they are brought to the network's size."
              .formatted(
                  PreprocessorConfig.FILE_NAME,
                  view.getFirst(),
                  view.getLast(),
                  shape[1],
                  shape[2]));
    }
  }

  private List<String> names(ConvolutionalNetwork network) {
    if (options.labels().isPresent()) {
      var file = options.labels().get();
      var names =
          file.equals(ImageClassifier.BUILT_IN)
              ? FoodClasses.NAMES
              : ClassNames.read(Path.of(file));
      check(
          names.size() == network.outputs(),
          "%s names %d classes, but %s has %d outputs; give one name for each",
          file,
          names.size(),
          nameOrFile,
          network.outputs());
      return names;
    }
    return isBuiltIn() ? FoodClasses.NAMES : namesBeside(network);
  }

  private List<String> namesBeside(ConvolutionalNetwork network) {
    var config = beside("config.json");
    if (config.isEmpty()) {
      return List.of();
    }
    try {
      var names = ClassNames.ofConfig(config.get());
      if (names.isEmpty() || names.size() == network.outputs()) {
        return names;
      }
      notes.add(
          "%s names %d classes, but the network has %d outputs; classes are numbered."
              .formatted(config.get(), names.size(), network.outputs()));
    } catch (ModelFileException e) {
      notes.add(e.getMessage() + " Classes are numbered.");
    }
    return List.of();
  }
}
