package org.pellucid.models.zoo;

import static org.pellucid.engine.tensor.Shapes.check;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.models.nn.NetworkDescription;
import org.pellucid.models.vision.Preprocessing;
import org.pellucid.models.vision.PreprocessingOptions;

/**
 * What is known of an image classifier besides its weights.
 *
 * @param network a JSON file that lists the layers, see {@link NetworkDescription}; default: the
 *     architecture is inferred from the parameters' names
 * @param labels a file with the classes' names: a line for each, or JSON; {@code food} for those of
 *     the built-in network; default: {@code id2label} of a {@code config.json} beside the weights,
 *     or else numbers
 * @param state which of several networks in one file, see {@link org.pellucid.weights.OpenOptions}
 * @param output of a graph with several, the one that holds a number for each class; default: the
 *     only one that does
 * @param size height and width of the network's input in pixels; default: as described or inferred
 * @param channels of the network's input, which are compared with its weights'
 * @param preprocessing what goes before the network's description and before a {@code
 *     preprocessor_config.json} beside the weights
 * @param standard what holds where none of these says anything
 */
public record ClassifierOptions(
    Optional<Path> network,
    Optional<String> labels,
    Optional<String> state,
    Optional<String> output,
    Optional<List<Integer>> size,
    OptionalInt channels,
    PreprocessingOptions preprocessing,
    Preprocessing standard) {

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if it isn't two numbers of at least 1
   */
  public ClassifierOptions {
    size = size.map(List::copyOf);
    var sides = size.orElse(List.of(1, 1));
    check(
        sides.size() == 2 && sides.stream().allMatch(side -> side > 0),
        "The network's input is %s, but must be a height and a width of at least 1 pixel",
        sides);
  }

  /** Everything by default. */
  public static ClassifierOptions standard(Optional<Path> network) {
    return new ClassifierOptions(
        network,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty(),
        PreprocessingOptions.none(),
        Preprocessing.standard());
  }

  /** These with other names of classes. */
  public ClassifierOptions withLabels(String file) {
    return new ClassifierOptions(
        network, Optional.of(file), state, output, size, channels, preprocessing, standard);
  }

  /** These with an output of a graph. */
  public ClassifierOptions withOutput(String name) {
    return new ClassifierOptions(
        network, labels, state, Optional.of(name), size, channels, preprocessing, standard);
  }

  /** These with images of another size, height before width. */
  public ClassifierOptions withSize(int height, int width) {
    var sides = Optional.of(List.of(height, width));
    return new ClassifierOptions(
        network, labels, state, output, sides, channels, preprocessing, standard);
  }

  /** These with another preprocessing. */
  public ClassifierOptions withPreprocessing(PreprocessingOptions other) {
    return new ClassifierOptions(network, labels, state, output, size, channels, other, standard);
  }
}
