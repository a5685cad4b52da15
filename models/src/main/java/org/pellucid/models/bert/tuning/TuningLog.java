package org.pellucid.models.bert.tuning;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.pellucid.weights.AtomicFile;

/**
 * A table as comma-separated values that grows by a line a step. The first column is the step, so
 * that what came after a checkpoint can be taken out.
 */
final class TuningLog {
  private final Path file;

  private TuningLog(Path file) {
    this.file = file;
  }

  /**
   * Begins a table, or goes on with one after a step.
   *
   * @param header the names of the columns
   * @param steps whose lines are kept
   */
  static TuningLog open(Path file, String header, long steps) {
    try {
      var kept = new ArrayList<String>();
      kept.add(header);
      if (steps > 0 && Files.exists(file)) {
        Files.readAllLines(file, StandardCharsets.UTF_8).stream()
            .skip(1)
            .filter(line -> isWithin(line, steps))
            .forEach(kept::add);
      }
      AtomicFile.write(file, temporary -> Files.write(temporary, kept, StandardCharsets.UTF_8));
      return new TuningLog(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isWithin(String line, long steps) {
    var step = line.split(",", 2)[0];
    return step.matches("\\d{1,18}") && Long.parseLong(step) <= steps;
  }

  /** Adds a line. */
  void add(String format, Object... values) {
    try {
      Files.writeString(
          file,
          String.format(Locale.ROOT, format, values) + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The values of all lines below the header. */
  static List<String[]> rows(Path file) {
    try {
      return Files.readAllLines(file, StandardCharsets.UTF_8).stream()
          .skip(1)
          .map(line -> line.split(","))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
