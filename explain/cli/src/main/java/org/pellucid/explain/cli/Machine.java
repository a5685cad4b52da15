package org.pellucid.explain.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.pellucid.engine.Engine;
import org.pellucid.models.MemoryEstimate;
import org.pellucid.models.Model;

/** The engine that a command computes with, and a report of memory and time. */
final class Machine implements AutoCloseable {
  private static final Path STATUS = Path.of("/proc/self/status");

  /** A formula's estimate of the memory of passes over batches. */
  private record Estimate(MemoryEstimate memory, int batch, boolean withGradient) {
    String text() {
      return "estimated %s (%s for weights and kernels, %s for %d images at a time), "
          .formatted(
              megabytes(memory.peak(batch, withGradient)),
              megabytes(memory.fixed()),
              megabytes(memory.peak(batch, withGradient) - memory.fixed()),
              batch);
    }
  }

  private final Engine engine;
  private final boolean own;
  private final long start = System.nanoTime();
  private Optional<Estimate> estimate = Optional.empty();

  /** The standard engine where nothing was chosen, else one as chosen; measuring begins. */
  Machine(MachineOptions options) {
    own = options.threads().isPresent() || options.memory().isPresent();
    engine = own ? chosen(options) : Engine.standard();
    engine.memory().resetPeak();
  }

  private static Engine chosen(MachineOptions options) {
    var builder = Engine.builder();
    options.threads().ifPresent(builder::threads);
    options.memory().ifPresent(builder::memoryBudget);
    return builder.build();
  }

  Engine engine() {
    return engine;
  }

  /** Reports the estimate for the largest batch with {@code --verbose}. */
  void estimateMemory(Model model, int batch, boolean withGradient) {
    estimate =
        model.memory(engine.kernels()).map(formula -> new Estimate(formula, batch, withGradient));
  }

  /** One line on memory and one on time. */
  String report() {
    return "pellucid: peak memory: %smeasured %s of tensors in passes, %s of the process%n"
            .formatted(
                estimate.map(Estimate::text).orElse(""),
                megabytes(engine.memory().peakBytes()),
                residentPeak())
        + "pellucid: %.2f seconds with %s kernels on %d thread%s"
            .formatted(
                (System.nanoTime() - start) / 1e9,
                engine.kernels().name(),
                engine.threads(),
                engine.threads() == 1 ? "" : "s");
  }

  private static String megabytes(long bytes) {
    return "%.1f MB".formatted(bytes / 1e6);
  }

  /** The process's peak resident memory, where the system reports it. */
  private static String residentPeak() {
    if (!Files.isReadable(STATUS)) {
      return "unknown";
    }
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .findFirst()
          .map(line -> megabytes(1024 * Long.parseLong(line.replaceAll("\\D", ""))))
          .orElse("unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    if (own) {
      engine.close();
    }
  }
}
