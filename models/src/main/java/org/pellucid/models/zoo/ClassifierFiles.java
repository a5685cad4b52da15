package org.pellucid.models.zoo;

import static org.pellucid.models.ModelFileException.check;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Nd4jRuntime;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.nn.NetworkBuilder;
import org.pellucid.models.nn.NetworkDescription;
import org.pellucid.models.nn.ParameterSource;
import org.pellucid.models.nn.PublishedNetwork;
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
    // A description or a choice of state dict is of parameters, which a graph's file holds as well.
    var mayBeGraph = !isBuiltIn() && options.network().isEmpty() && options.state().isEmpty();
    var graph =
        mayBeGraph ? GraphClassifierFiles.find(Path.of(nameOrFile)) : Optional.<Path>empty();
    if (graph.isPresent()) {
      return openGraph(graph.get());
    }
    try (var checkpoint = checkpoint()) {
      if (mayBeGraph && checkpoint.format().equals("onnx")) {
        return openGraph(checkpoint.file());
      }
      check(
          options.output().isEmpty(),
          "--output chooses among a graph's outputs, but %s holds parameters; leave it out",
          nameOrFile);
      notes.addAll(checkpoint.notes());
      var parameters = new CheckpointParameters(checkpoint);
      var published =
          isBuiltIn() || options.network().isPresent()
              ? Optional.<PublishedNetwork>empty()
              : NetworkBuilder.published(parameters);
      var description = description(parameters, published);
      var folder = isBuiltIn() ? BesideWeights.nothing() : BesideWeights.of(Path.of(nameOrFile));
      var beside = folder.preprocessor();
      var preprocessing = preprocessing(description, published, beside);
      var network = network(description, parameters, preprocessing);
      try {
        checkChannels(network);
        notes.addAll(network.notes());
        beside.ifPresent(config -> BesideWeights.noteView(config, network, notes));
        var names =
            isBuiltIn() && options.labels().isEmpty()
                ? FoodClasses.NAMES
                : folder.names(options.labels(), network, nameOrFile, notes);
        published.ifPresent(
            found ->
                notes.addAll(
                    ImageNetPreprocessing.notes(found, !names.isEmpty(), network.outputs())));
        return new ImageClassifier(nameOrFile, network, names, preprocessing, notes);
      } catch (RuntimeException e) {
        network.close();
        throw e;
      }
    }
  }

  /** The names in a file, or those of the built-in network. */
  static List<String> classNames(String file) {
    return file.equals(ImageClassifier.BUILT_IN)
        ? FoodClasses.NAMES
        : ClassNames.read(Path.of(file));
  }

  private ImageClassifier openGraph(Path graph) {
    return new GraphClassifierFiles(nameOrFile, graph, options).open();
  }

  private NetworkDescription description(
      ParameterSource parameters, Optional<PublishedNetwork> published) {
    var found =
        options
            .network()
            .map(NetworkDescription::read)
            .or(() -> published.map(PublishedNetwork::description))
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
      // To inflate the weights takes a fifth of the time that ND4J takes to start.
      Nd4jRuntime.begin();
      return BuiltInWeights.open("food.safetensors");
    }
    var standard = OpenOptions.standard();
    return WeightFiles.open(
        Path.of(nameOrFile), options.state().map(standard::withState).orElse(standard));
  }

  private Preprocessing preprocessing(
      NetworkDescription description,
      Optional<PublishedNetwork> published,
      Optional<PreprocessorConfig> beside) {
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
        .or(
            published
                .map(_ -> ImageNetPreprocessing.of(description))
                .orElse(PreprocessingOptions.none()))
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
}
