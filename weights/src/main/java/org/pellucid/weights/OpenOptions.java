package org.pellucid.weights;

import java.util.Optional;

/**
 * How a weight file is opened.
 *
 * @param limits how much the file may ask for
 * @param state the path of the state dict to take the weights from, such as {@code ema} or {@code
 *     models.student}; empty to have it found
 */
public record OpenOptions(Limits limits, Optional<String> state) {

  /** The usual limits; the state dict is found. */
  public static OpenOptions standard() {
    return new OpenOptions(Limits.standard(), Optional.empty());
  }

  /** The same with other limits. */
  public OpenOptions withLimits(Limits wanted) {
    return new OpenOptions(wanted, state);
  }

  /** The same with the state dict under that path. */
  public OpenOptions withState(String path) {
    return new OpenOptions(limits, Optional.of(path));
  }
}
