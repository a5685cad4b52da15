package org.pellucid.models;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Reference files that PyTorch wrote, which a clone may lack; and how far numbers are apart. */
public final class Goldens {
  private static final Path SHARED = Path.of(System.getProperty("pellucid.shared", "../shared"));

  private Goldens() {}

  /** A file below the golden folder; the test is skipped with a reason if it is absent. */
  public static Path file(String path) {
    var file = SHARED.resolve(path);
    assumeTrue(Files.exists(file), () -> "the golden file " + file + " is absent");
    return file;
  }

  /** The norm of the difference over the norm of what is expected. */
  public static double relativeDistance(double[] actual, double[] expected) {
    if (actual.length != expected.length) {
      throw new AssertionError(
          actual.length + " values where " + expected.length + " are expected");
    }
    var difference = 0.0;
    var norm = 0.0;
    for (var i = 0; i < expected.length; i++) {
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }

  /** The cosine of the angle between two vectors. */
  public static double cosine(double[] actual, double[] expected) {
    var product = 0.0;
    var first = 0.0;
    var second = 0.0;
    for (var i = 0; i < expected.length; i++) {
      product += actual[i] * expected[i];
      first += actual[i] * actual[i];
      second += expected[i] * expected[i];
    }
    return product / Math.sqrt(first * second);
  }

  /** The largest absolute difference. */
  public static double largestDifference(double[] actual, double[] expected) {
    var largest = 0.0;
    for (var i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
    }
    return largest;
  }
}
