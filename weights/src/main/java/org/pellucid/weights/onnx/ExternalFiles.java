package org.pellucid.weights.onnx;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.Limits;
import org.pellucid.weights.SiblingFile;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/** The files beside a model that hold its larger tensors. */
final class ExternalFiles {
  private final Path model;
  private final Arena arena;
  private final Limits limits;
  private final Map<Path, MemorySegment> files = new HashMap<>();
  private long stored;
  private long taken;

  ExternalFiles(Path model, Arena arena, Limits limits) {
    this.model = model;
    this.arena = arena;
    this.limits = limits;
  }

  /**
   * The bytes that an initialiser's {@code external_data} name.
   *
   * @throws WeightsException if they lie outside of the directory or of the file
   */
  MemorySegment bytes(FileLocation place, Map<String, String> entries, long bytes) {
    var location = entries.getOrDefault("location", "");
    var external = SiblingFile.of(model, place, location);
    var data = files.computeIfAbsent(external, this::map);
    var offset = number(place, entries.getOrDefault("offset", "0"));
    var length = number(place, entries.getOrDefault("length", Long.toString(bytes)));
    if (length != bytes) {
      throw new WeightsException(
          Cause.INVALID_TENSOR,
          place,
          "an external tensor has %d bytes where its shape needs %d; fetch the model again",
          length,
          bytes);
    }
    if (offset > data.byteSize() - length) {
      throw new WeightsException(
          Cause.TRUNCATED,
          place,
          "an external tensor reaches beyond the end of %s; fetch that file again",
          location);
    }
    taken += length;
    if (!limits.allowsExpansion(stored, taken)) {
      throw new WeightsException(
          Cause.LIMIT,
          place,
          "external tensors lie on the same bytes so often that they unfold to more than %d times "
              + "their files' size",
          limits.expansion());
    }
    return data.asSlice(offset, length);
  }

  private MemorySegment map(Path external) {
    var data = Checkpoint.map(external, arena);
    stored += data.byteSize();
    return data;
  }

  private static long number(FileLocation place, String text) {
    try {
      var number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Refused below like a negative number.
    }
    throw new WeightsException(
        Cause.INVALID_HEADER, place, "an external tensor lies at \"%s\", which is no number", text);
  }
}
