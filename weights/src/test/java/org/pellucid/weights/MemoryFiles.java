package org.pellucid.weights;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Reads files that lie in memory only, for tests of thousands of them a second. */
public final class MemoryFiles {
  private static final Path NAME = Path.of("absent", "file.index");

  /** More bytes than any of these files may have unfolded. */
  private static final long LARGEST = 1 << 24;

  /** Limits that small files keep. */
  public static final Limits SMALL = new Limits(1 << 16, 1000, LARGEST, 100, 5000, 200);

  private MemoryFiles() {}

  /**
   * Reads a file, compares its checksums and looks at every number in it.
   *
   * @throws WeightsException if it is refused
   */
  public static void readAll(byte[] content) {
    try (var arena = Arena.ofConfined()) {
      var segment = MemorySegment.ofArray(content).asReadOnly();
      var checkpoint = WeightFormats.read(NAME, segment, arena, SMALL);
      checkpoint.checksums().ifPresent(Runnable::run);
      for (var tensor : checkpoint.tensors().values()) {
        if (tensor.info().bytes() <= LARGEST) {
          Statistics.of(tensor);
          tensor.named("other").bytes();
        }
      }
      checkpoint.others().values().stream()
          .filter(tensor -> tensor.info().bytes() <= LARGEST)
          .forEach(WeightTensor::bytes);
    }
  }
}
