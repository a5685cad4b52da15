package org.pellucid.models.zoo;

import static org.pellucid.models.ModelFileException.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.pellucid.models.ImageModel;
import org.pellucid.models.ModelFileException;
import org.pellucid.models.onnx.GraphFolder;
import org.pellucid.models.vision.PreprocessorConfig;

/**
 * What lies beside a classifier's weights: how images are prepared, and the classes' names.
 *
 * @param folders where it is looked for, in this order
 */
record BesideWeights(List<Path> folders) {
  /** Beside the built-in weights, that is nowhere. */
  static BesideWeights nothing() {
    return new BesideWeights(List.of());
  }

  /** Beside a file or in a folder; for a graph in a folder {@code onnx} also in that one's. */
  static BesideWeights of(Path weights) {
    return new BesideWeights(GraphFolder.around(weights));
  }

  /** A file of this name. */
  Optional<Path> file(String name) {
    return folders.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /**
   * What a {@code preprocessor_config.json} says of images.
   *
   * @throws ModelFileException if it can't be read
   */
  Optional<PreprocessorConfig> preprocessor() {
    return file(PreprocessorConfig.FILE_NAME).flatMap(PreprocessorConfig::read);
  }

  /**
   * The classes' names by output: those of a chosen file, or else of a {@code config.json}.
   *
   * @param notes receives a sentence where names there can't be used
   * @return empty if they are unknown
   * @throws ModelFileException if the chosen file can't be read or names another number of classes
   */
  List<String> names(
      Optional<String> chosen, ImageModel network, String weights, List<String> notes) {
    if (chosen.isEmpty()) {
      return file("config.json").map(config -> ofConfig(config, network, notes)).orElse(List.of());
    }
    var file = chosen.get();
    var names = ClassifierFiles.classNames(file);
    check(
        names.size() == network.outputs(),
        "%s names %d classes, but %s has %d outputs; give one name for each",
        file,
        names.size(),
        weights,
        network.outputs());
    return names;
  }

  private static List<String> ofConfig(Path config, ImageModel network, List<String> notes) {
    try {
      var names = ClassNames.ofConfig(config);
      if (names.isEmpty() || names.size() == network.outputs()) {
        return names;
      }
      notes.add(
          "%s names %d classes, but the network has %d outputs; classes are numbered."
              .formatted(config, names.size(), network.outputs()));
    } catch (ModelFileException e) {
      notes.add(e.getMessage() + " Classes are numbered.");
    }
    return List.of();
  }

  /**
   * Says that images are prepared as a configuration says, and where its size isn't the network's.
   */
  static void noteView(PreprocessorConfig config, ImageModel network, List<String> notes) {
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
}
