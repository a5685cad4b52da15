package org.pellucid.weights.numpy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.pellucid.weights.AtomicFile;
import org.pellucid.weights.DType;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightWriter;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.archive.StoredZip;

/** Writes NPZ files: arrays stored in the order of their names, so that equal content is equal. */
public final class NpzWriter implements WeightWriter {
  @Override
  public List<String> endings() {
    return List.of(".npz");
  }

  /**
   * Writes tensors to a file, one after the other; it appears under its name only when it is whole.
   *
   * @throws WeightsException if a tensor has a type that NumPy lacks, or the file can't be written
   */
  public static void write(Path file, Collection<WeightTensor> tensors) {
    AtomicFile.writeWeights(file, new NpzWriter().content(file, tensors, Map.of()));
  }

  @Override
  public AtomicFile.Content content(
      Path file, Collection<WeightTensor> tensors, Map<String, String> metadata) {
    for (var tensor : tensors) {
      if (tensor.info().dtype() == DType.BF16) {
        throw new WeightsException(
            Cause.UNSUPPORTED,
            FileLocation.in(file).of(tensor.info().name()),
            "NumPy has no type for bfloat16, which %s has; add --dtype f32",
            tensor.info().name());
      }
    }
    return temporary -> writeAll(temporary, tensors);
  }

  private static void writeAll(Path file, Collection<WeightTensor> tensors) throws IOException {
    var sorted =
        tensors.stream().sorted(Comparator.comparing(tensor -> tensor.info().name())).toList();
    try (var zip = new StoredZip(file)) {
      for (var tensor : sorted) {
        var header = Npy.header(tensor.info());
        zip.add(
            tensor.info().name() + ".npy",
            header.length + tensor.info().bytes(),
            sink -> {
              sink.accept(MemorySegment.ofArray(header));
              tensor.forEachChunk(sink);
            });
      }
    }
  }
}
