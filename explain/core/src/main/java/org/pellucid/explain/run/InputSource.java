package org.pellucid.explain.run;

import java.util.OptionalInt;
import org.pellucid.explain.evaluation.Values;

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
}
