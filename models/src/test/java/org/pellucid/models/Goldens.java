package org.pellucid.models;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Reference files that PyTorch wrote, which a clone may lack. */
public final class Goldens {
  private static final Path SHARED = Path.of(System.getProperty("pellucid.shared", "../shared"));

  private Goldens() {}

  /** A file below the golden folder; the test is skipped with a reason if it is absent. */
  public static Path file(String path) {
    var file = SHARED.resolve(path);
    assumeTrue(Files.exists(file), () -> "the golden file " + file + " is absent");
    return file;
  }
}
