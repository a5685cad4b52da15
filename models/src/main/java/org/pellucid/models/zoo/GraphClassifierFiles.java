package org.pellucid.models.zoo;

import static org.pellucid.models.ModelFileException.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.pellucid.models.bert.JsonFile;
import org.pellucid.models.onnx.GraphFolder;
import org.pellucid.models.onnx.GraphImage;
import org.pellucid.models.onnx.OnnxImageModel;
import org.pellucid.models.onnx.OnnxModel;
import org.pellucid.models.vision.Preprocessing;
import org.pellucid.models.vision.PreprocessingOptions;
import org.pellucid.models.vision.PreprocessorConfig;

/** Opens an image classifier from an ONNX graph and what lies beside it. */
final class GraphClassifierFiles {
  private final String name;
  private final Path graph;
  private final ClassifierOptions options;
  private final BesideWeights beside;
  private final Optional<PreprocessorConfig> config;
  private final List<String> notes = new ArrayList<>();

  GraphClassifierFiles(String name, Path graph, ClassifierOptions options) {
    this.name = name;
    this.graph = graph;
    this.options = options;
    this.beside = BesideWeights.of(graph);
    this.config = beside.preprocessor();
  }

  /** The graph that a path means: a file called so, or the one in a folder. */
  static Optional<Path> find(Path path) {
    if (!Files.isDirectory(path)) {
      return Optional.of(path).filter(GraphFolder::isGraph);
    }
    return GraphFolder.find(CacheFolder.resolve(path));
  }

  ImageClassifier open() {
    var preprocessing = preprocessing();
    var network = network(preprocessing);
    try {
      notes.addAll(network.notes());
      config.ifPresent(found -> BesideWeights.noteView(found, network, notes));
      var names = beside.names(options.labels(), network, name, notes);
      return new ImageClassifier(name, network, names, preprocessing, notes);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private OnnxImageModel network(Preprocessing preprocessing) {
    var model = OnnxModel.open(graph);
    try {
      var image = GraphImage.of(model, options.channels());
      check(
          options.channels().orElse(image.channels()) == image.channels(),
          "%s takes images of %d channels, not of %d; leave the number out or give %d",
          name,
          image.channels(),
          options.channels().orElse(0),
          image.channels());
      var size = size(image);
      return new OnnxImageModel(
          model,
          image,
          size.getFirst(),
          size.getLast(),
          options.output(),
          preprocessing.normalisation(image.channels()),
          preprocessing.order());
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private Preprocessing preprocessing() {
    var said =
        options
            .preprocessing()
            .or(config.map(PreprocessorConfig::options).orElse(PreprocessingOptions.none()));
    if (said.mean().isEmpty() && said.deviation().isEmpty() && said.rescale().isEmpty()) {
      notes.add(
          "Nothing says how the images that %s was trained on were normalised, so it gets samples in 0..1; give --mean and --std, or --rescale, if it wants others."
              .formatted(graph.getFileName()));
    }
    return said.over(options.standard());
  }

  /** Height and width: as chosen, as in the graph, or as the files beside it say. */
  private List<Integer> size(GraphImage image) {
    if (options.size().isPresent()) {
      return options.size().get();
    }
    if (image.height().isPresent() && image.width().isPresent()) {
      return List.of(image.height().getAsInt(), image.width().getAsInt());
    }
    var found =
        config.map(PreprocessorConfig::view).filter(view -> !view.isEmpty()).or(this::sizeOfConfig);
    check(
        found.isPresent(),
        "%s takes images of any size; say which it was trained on by --size HEIGHTxWIDTH, such as"
            + " --size 224x224, or by a %s beside it",
        name,
        PreprocessorConfig.FILE_NAME);
    return found.orElseThrow();
  }

  /** The {@code image_size} of a {@code config.json}, a number or a pair. */
  private Optional<List<Integer>> sizeOfConfig() {
    return beside
        .file("config.json")
        .map(file -> JsonFile.read(file).root().path("image_size"))
        .flatMap(
            size ->
                size.isInt()
                    ? Optional.of(List.of(size.intValue(), size.intValue()))
                    : size.size() == 2 && size.path(0).isInt() && size.path(1).isInt()
                        ? Optional.of(List.of(size.get(0).intValue(), size.get(1).intValue()))
                        : Optional.empty());
  }
}
