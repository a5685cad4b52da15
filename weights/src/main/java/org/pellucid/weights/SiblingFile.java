package org.pellucid.weights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.pellucid.weights.WeightsException.Cause;

/**
 * A file that another one names, such as a part of a model. It may only lie in the same directory
 * or below: a path that leads elsewhere, also by a symbolic link, would make a reader take secrets
 * for weights. One layout of links is known to be harmless, that of Hugging Face's cache, where
 * {@code snapshots/<revision>/<file>} leads to {@code blobs/<checksum>}, also from a folder of the
 * snapshot such as {@code onnx}.
 */
public final class SiblingFile {
  private SiblingFile() {}

  /**
   * The file that {@code file} means by {@code name}, by its one real path: under several names one
   * file would count several times.
   *
   * @throws WeightsException if it lies elsewhere or is missing
   */
  public static Path of(Path file, FileLocation location, String name) {
    try {
      var directory = file.toAbsolutePath().getParent();
      if (!isRelative(name)) {
        throw elsewhere(location, name);
      }
      var real = directory.resolve(name).toRealPath();
      if (!real.startsWith(directory.toRealPath()) && !isCached(directory.toRealPath(), real)) {
        throw elsewhere(location, name);
      }
      return real;
    } catch (InvalidPathException _) {
      throw elsewhere(location, name);
    } catch (IOException _) {
      throw new WeightsException(
          Cause.FILE, location, "there is no file %s, which belongs to it; put it beside it", name);
    }
  }

  /** Decided by the characters, since a path of another system may lead elsewhere there. */
  private static boolean isRelative(String name) {
    return !name.isBlank()
        && name.chars().noneMatch(character -> "\\:\0".indexOf(character) >= 0)
        && !name.startsWith("/")
        && Collections.disjoint(List.of(name.split("/", -1)), List.of("", ".", ".."));
  }

  private static boolean isCached(Path directory, Path real) {
    for (var folder = directory; folder.getParent() != null; folder = folder.getParent()) {
      var snapshots = folder.getParent();
      if (snapshots.endsWith("snapshots")) {
        return real.getParent().equals(snapshots.resolveSibling("blobs"))
            && Files.isRegularFile(real);
      }
    }
    return false;
  }

  private static WeightsException elsewhere(FileLocation location, String name) {
    return new WeightsException(
        Cause.INVALID_HEADER,
        location,
        "it names the file \"%s\", which is not in its directory; it is refused",
        name);
  }
}
