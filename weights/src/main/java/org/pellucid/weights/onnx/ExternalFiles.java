package org.pellucid.weights.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.weights.Checkpoint;
import org.pellucid.weights.Place;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * The files beside a model that hold its larger tensors. A model may name only files in its own
 * directory or below: a path that leads elsewhere, also by a symbolic link, would have the reader
 * take somebody's secrets for weights.
 */
final class ExternalFiles {
  private final Path model;
  private final Arena arena;
  private final Map<String, MemorySegment> files = new HashMap<>();

  ExternalFiles(Path model, Arena arena) {
    this.model = model;
    this.arena = arena;
  }

  /**
   * The bytes that an initialiser's {@code external_data} name.
   *
   * @throws WeightsException if they lie outside of the directory or of the file
   */
  MemorySegment bytes(Place place, Map<String, String> entries, long bytes) {
    var location = entries.getOrDefault("location", "");
    var data = files.computeIfAbsent(location, name -> Checkpoint.map(inside(place, name), arena));
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
    return data.asSlice(offset, length);
  }

  private static long number(Place place, String text) {
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

  private Path inside(Place place, String location) {
    try {
      var relative = Path.of(location);
      var isForeign = location.indexOf('\\') >= 0 || location.indexOf(':') >= 0;
      if (location.isBlank()
          || isForeign
          || relative.isAbsolute()
          || List.of(location.split("/")).contains("..")) {
        throw outside(place, location);
      }
      var directory = model.toAbsolutePath().getParent().toRealPath();
      var real = directory.resolve(relative).toRealPath();
      if (!real.startsWith(directory)) {
        throw outside(place, location);
      }
      return real;
    } catch (InvalidPathException _) {
      throw outside(place, location);
    } catch (IOException _) {
      throw new WeightsException(
          Cause.FILE,
          place,
          "the file %s with the model's weights is missing; put it beside the model",
          location);
    }
  }

  private static WeightsException outside(Place place, String location) {
    return new WeightsException(
        Cause.INVALID_HEADER,
        place,
        "the model names the external file \"%s\", which doesn't lie in its directory; it is "
            + "refused",
        location);
  }
}
