package org.pellucid.bench.paired;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What figures were measured on. */
final class Machine {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

  private Machine() {}

  /** One sentence such as {@code 2 processors (AMD EPYC, amd64), Linux 6.1, Java 25.0.3}. */
  static String describe() {
    return "%d processors (%s%s), %s %s, Java %s"
        .formatted(
            Runtime.getRuntime().availableProcessors(),
            model(),
            System.getProperty("os.arch"),
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            Runtime.version());
  }

  /** Linux reports the processor's name; elsewhere the architecture stands for it. */
  private static String model() {
    if (!Files.isReadable(PROCESSORS)) {
      return "";
    }
    try (var lines = Files.lines(PROCESSORS)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip() + ", ")
          .orElse("");
    } catch (IOException e) {
      return "";
    }
  }
}
