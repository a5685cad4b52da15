package org.pellucid.weights;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files beside the repository, which a clone may lack. */
public final class Shared {
  private static final Path FOLDER = Path.of(System.getProperty("pellucid.shared", "../shared"));

  private Shared() {}

  /** A file or folder there; the test is skipped with a reason if it is absent. */
  public static Path file(String path) {
    var file = FOLDER.resolve(path);
    assumeTrue(Files.exists(file), () -> "the shared file " + file + " is absent");
    return file;
  }
}
