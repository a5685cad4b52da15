package org.pellucid.weights.onnx;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.MappedFile;
import org.pellucid.weights.SiblingFile;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/** The files beside a model that hold its larger tensors. */
final class ExternalFiles {
  private final MappedFile model;
  private final Map<Path, MemorySegment> files = new HashMap<>();
  private long stored;
  private long taken;

  ExternalFiles(MappedFile model) {
    this.model = model;
  }

  /**
   * The bytes that an initialiser's {@code external_data} name.
   *
   * @throws WeightsException if they lie outside of the directory or of the file
   */
  MemorySegment bytes(FileLocation location, Map<String, String> entries, long bytes) {
    var name = entries.getOrDefault("location", "");
    var external = SiblingFile.of(model.file(), location, name);
    var data = files.computeIfAbsent(external, this::map);
    var offset = number(location, entries.getOrDefault("offset", "0"));
    var length = number(location, entries.getOrDefault("length", Long.toString(bytes)));
    if (length != bytes) {
      throw new WeightsException(
          Cause.INVALID_TENSOR,
          location,
          "an external tensor has %d bytes where its shape needs %d; download the model again",
          length,
          bytes);
    }
    if (offset > data.byteSize() - length) {
      throw new WeightsException(
          Cause.TRUNCATED,
          location,
          "an external tensor reaches beyond the end of %s; download that file again",
          name);
    }
    taken += length;
    if (!model.limits().allowsExpansion(stored, taken)) {
      throw new WeightsException(
          Cause.LIMIT,
          location,
          "external tensors overlap so often that they expand to more than %d times "
              + "their files' size",
          model.limits().expansion());
    }
    return data.asSlice(offset, length);
  }

  private MemorySegment map(Path external) {
    var data = MappedFile.map(external, model.arena());
    stored += data.byteSize();
    return data;
  }

  private static long number(FileLocation location, String text) {
    try {
      var number = Long.parseLong(text);
      if (number >= 0) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Refused below like a negative number.
    }
    throw new WeightsException(
        Cause.INVALID_HEADER,
        location,
        "the position of an external tensor is \"%s\", which is not a number",
        text);
  }
}
