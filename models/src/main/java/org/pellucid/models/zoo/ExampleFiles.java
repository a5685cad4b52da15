package org.pellucid.models.zoo;

import java.io.IOException;
import java.io.UncheckedIOException;

/** The files of the artifact {@code pellucid-examples}, found on the class path. */
final class ExampleFiles {
  private static final String FOLDER = "org/pellucid/examples/";

  private ExampleFiles() {}

  /**
   * Reads one file.
   *
   * @param name its path in the artifact's folder, such as {@code samples/3_5.jpg}
   * @throws IllegalStateException if the artifact is not on the class path
   */
  static byte[] read(String name) {
    try (var stream = ExampleFiles.class.getClassLoader().getResourceAsStream(FOLDER + name)) {
      if (stream == null) {
        throw new IllegalStateException(
            "The built-in example "
                + name
                + " is not on the class path; add the dependency org.pellucid:pellucid-examples.");
      }
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
