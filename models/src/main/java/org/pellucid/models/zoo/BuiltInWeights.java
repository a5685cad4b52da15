package org.pellucid.models.zoo;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.files.WeightFiles;

/** The weight files among the library's resources. */
final class BuiltInWeights {
  private BuiltInWeights() {}

  /** Opens the resource of that name beside this class. */
  static Checkpoint open(String name) {
    try (var stream = BuiltInWeights.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("The built-in weights " + name + " are missing.");
      }
      return WeightFiles.ofBytes(name, stream.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
