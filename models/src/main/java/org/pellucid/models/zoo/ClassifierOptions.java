package org.pellucid.models.zoo;

import java.nio.file.Path;
import java.util.Optional;
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
 * @param preprocessing what goes before the network's description and before a {@code
 *     preprocessor_config.json} beside the weights
 * @param standard what holds where none of these says anything
 */
public record ClassifierOptions(
    Optional<Path> network,
    Optional<String> labels,
    Optional<String> state,
    PreprocessingOptions preprocessing,
    Preprocessing standard) {

  /** Everything by default. */
  public static ClassifierOptions standard(Optional<Path> network) {
    return new ClassifierOptions(
        network,
        Optional.empty(),
        Optional.empty(),
        PreprocessingOptions.none(),
        Preprocessing.standard());
  }

  /** These with other names of classes. */
  public ClassifierOptions withLabels(String file) {
    return new ClassifierOptions(network, Optional.of(file), state, preprocessing, standard);
  }

  /** These with another preprocessing. */
  public ClassifierOptions withPreprocessing(PreprocessingOptions other) {
    return new ClassifierOptions(network, labels, state, other, standard);
  }
}
