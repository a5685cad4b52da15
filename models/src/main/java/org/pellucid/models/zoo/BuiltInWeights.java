package org.pellucid.models.zoo;

import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.files.WeightFiles;

/** The weight files among the examples. */
final class BuiltInWeights {
  private BuiltInWeights() {}

  /** Opens the file of that name. */
  static Checkpoint open(String name) {
    return WeightFiles.ofBytes(name, ExampleFiles.read(name));
  }
}
