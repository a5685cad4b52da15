package org.pellucid.explain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;

/**
 * Files as people bring them, and what is expected of them: Pillow's pixels in double precision.
 */
final class Brought {
  private static final Path SHARED = Path.of(System.getProperty("pellucid.shared", "../shared"));

  /** Logits are sums of some hundred products of single precision. */
  static final double PRECISION = 1e-4;

  private Brought() {}

  static Path brought(String name) {
    return shared("cases/" + name);
  }

  /** Any of the files beside the clone, goldens too. */
  static Path shared(String name) {
    var file = SHARED.resolve(name);
    assumeTrue(Files.exists(file), () -> "the file " + file + " is absent");
    return file;
  }

  static double[] expected(String name) throws IOException {
    var numbers = new JsonMapper().readTree(brought("more/expected.json").toFile());
    return CommandLineRun.numbers(numbers.get("logits").get(name));
  }

  static void checkLogits(double[] logits, double[] expected) {
    assertThat(logits).hasSameSizeAs(expected);
    for (var i = 0; i < logits.length; i++) {
      assertThat(logits[i])
          .isEqualTo(expected[i], offset(PRECISION * Math.max(1, Math.abs(expected[i]))));
    }
  }

  static CommandLineRun classify(String weights, String images) {
    return CommandLineRun.of(
        "image", "classify", "--json", "--weights", brought(weights), "--images", brought(images));
  }

  static Iterable<String> names(CommandLineRun run) throws IOException {
    return StreamSupport.stream(run.pictures().spliterator(), false)
        .map(row -> row.get("name").asText())
        .toList();
  }
}
