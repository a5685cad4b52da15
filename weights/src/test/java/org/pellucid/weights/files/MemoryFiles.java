package org.pellucid.weights.files;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.pellucid.weights.Limits;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.UnreadableTensor;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.inspect.Statistics;

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
    readAll(content, OpenOptions.standard());
  }

  /**
   * The same under a caller's choice of the state dict.
   *
   * @throws WeightsException if it is refused
   */
  public static void readAll(byte[] content, OpenOptions wanted) {
    try (var arena = Arena.ofConfined()) {
      var segment = MemorySegment.ofArray(content).asReadOnly();
      var options = wanted.withLimits(SMALL);
      var checkpoint = WeightFiles.read(new MappedFile(NAME, segment, arena, options));
      checkpoint.verifyChecksums();
      for (var tensor : checkpoint.tensors().values()) {
        if (!(tensor instanceof UnreadableTensor) && tensor.info().bytes() <= LARGEST) {
          Statistics.of(tensor);
          tensor.named("other").bytes();
        }
      }
      checkpoint.auxiliary().values().stream()
          .filter(tensor -> !(tensor instanceof UnreadableTensor))
          .filter(tensor -> tensor.info().bytes() <= LARGEST)
          .forEach(WeightTensor::bytes);
    }
  }
}
