package org.pellucid.weights;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** The inputs that users of other tools brought, where they are there. */
public final class SharedCases {
  private static final Path SHARED = Path.of(System.getProperty("pellucid.shared", "../shared"));

  private SharedCases() {}

  /** A file or folder among the cases; the test is skipped where it is absent. */
  public static Path at(String path) {
    var file = SHARED.resolve("cases").resolve(path);
    assumeTrue(Files.exists(file), () -> "the case " + file + " is absent");
    return file;
  }
}
