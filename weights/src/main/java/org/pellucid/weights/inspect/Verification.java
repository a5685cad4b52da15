package org.pellucid.weights.inspect;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.OpenOptions;
import org.pellucid.weights.PrintableText;
import org.pellucid.weights.UnreadableTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.files.WeightFiles;

/** Checks a weight file as far as its format allows. */
public final class Verification {
  private Verification() {}

  /** Checks a file as {@link #verify(Path, OpenOptions)} does, with the usual options. */
  public static String verify(Path file) {
    return verify(file, OpenOptions.standard());
  }

  /**
   * Checks structure, checksums, and that all weights are finite.
   *
   * @return one sentence on what was checked
   * @throws WeightsException naming the first thing that breaks a rule, or all tensors with numbers
   *     that are not finite
   */
  public static String verify(Path file, OpenOptions options) {
    try (var checkpoint = WeightFiles.open(file, options)) {
      checkpoint.verifyChecksums();
      var notFinite = new LinkedHashMap<String, String>();
      for (var tensor : checkpoint.tensors().values()) {
        var info = tensor.info();
        if (info.dtype().isFloatingPoint()) {
          var statistics = MappedFile.reading(file, () -> Statistics.of(tensor));
          var count = statistics.nanCount() + statistics.infinities();
          if (count > 0) {
            notFinite.put(
                info.name(), "%s (%d of %d)".formatted(info.name(), count, info.elements()));
          }
        }
      }
      if (!notFinite.isEmpty()) {
        throw new WeightsException(
            Cause.INVALID_TENSOR,
            FileLocation.in(file).of(notFinite.firstEntry().getKey()),
            "values are not finite in %s; train or convert it again",
            String.join(", ", notFinite.values()));
      }
      var checked = checkpoint.hasChecksums() ? "structure and checksums" : "structure";
      var unread =
          checkpoint.tensors().values().stream().filter(UnreadableTensor.class::isInstance).count();
      return "%s: %s, %d tensors, %s correct, all values finite%s"
          .formatted(
              PrintableText.of(file.toString()),
              checkpoint.format(),
              checkpoint.names().size(),
              checked,
              unread == 0 ? "" : " but for %d of kinds that aren't read".formatted(unread));
    }
  }
}
