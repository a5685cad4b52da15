package org.pellucid.bench.paired;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.OptionalLong;
import org.pellucid.bench.contender.Contender;
import org.pellucid.bench.work.Workload;

/**
 * What a pass costs in memory once it has run a while: pages that the system's kernel had to find
 * and clear, and bytes of Java's heap. Both are the whole process's, so nothing else should run in
 * it; the compiler's own pages are among them until it is done.
 */
public final class MemoryRun {
  private static final Path STATISTICS = Path.of("/proc/self/stat");

  /** The tenth field, counted from the third, which follows the name in brackets. */
  private static final int MINOR_FAULTS = 10 - 3;

  private static final int PASSES = 20;

  private final Contender contender;
  private final double seconds;

  /**
   * A run.
   *
   * @param seconds how long each work is done before it is measured
   */
  public MemoryRun(Contender contender, double seconds) {
    this.contender = contender;
    this.seconds = seconds;
  }

  /** The head of the table, in Markdown. */
  public static String head(String contender, int threads) {
    return """
    %s, %d threads. %s after a while, per pass.

    | benchmark                       | page faults | heap in KB |
    |---------------------------------|------------:|-----------:|\
    """
        .formatted(Machine.describe(), threads, contender);
  }

  /**
   * Measures one work, as a row of the table.
   *
   * @throws IllegalStateException if the contender can't do it
   */
  public String measure(Workload workload) {
    try (var task = contender.prepare(workload).orElseThrow(() -> unable(workload))) {
      var start = System.nanoTime();
      for (var pass = 0; pass < PASSES || System.nanoTime() - start < seconds * 1e9; pass++) {
        task.before();
        task.run();
      }
      var faults = minorFaults();
      var heap = heapBytes();
      for (var pass = 0; pass < PASSES; pass++) {
        task.before();
        task.run();
      }
      var bytes = (heapBytes() - heap) / PASSES;
      var pages = faults.isPresent() ? (minorFaults().getAsLong() - faults.getAsLong()) : 0;
      return String.format(
          Locale.ROOT,
          "| %-31s | %11s | %10.1f |",
          workload.name(),
          faults.isPresent() ? String.valueOf(pages / PASSES) : "",
          bytes / 1e3);
    }
  }

  private IllegalStateException unable(Workload workload) {
    return new IllegalStateException(
        contender.name() + " has no way to do " + workload.name() + ".");
  }

  /** Pages that were mapped without reading a file, by all threads so far; Linux counts them. */
  private static OptionalLong minorFaults() {
    if (!Files.isReadable(STATISTICS)) {
      return OptionalLong.empty();
    }
    try {
      var line = Files.readString(STATISTICS);
      var fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
      return OptionalLong.of(Long.parseLong(fields[MINOR_FAULTS]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long heapBytes() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
  }
}
