package org.pellucid.explain.run;

import java.util.Optional;
import java.util.OptionalInt;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.metrics.Mask;

/** An input of a run, which is read when its turn comes. */
public interface InputSource {

  /** The name of its results; unique within a run. */
  String name();

  /** The class that it is known to be of, if any. */
  default OptionalInt label() {
    return OptionalInt.empty();
  }

  /**
   * Reads the input in the shape that the model takes.
   *
   * @throws org.pellucid.weights.UnusableFileException if it can't be read
   */
  Values read();

  /**
   * Reads the mask of the object in the input, of the input's height and width, if there is one.
   *
   * @throws org.pellucid.weights.UnusableFileException if it can't be read
   */
  default Optional<Mask> mask() {
    return Optional.empty();
  }
}
