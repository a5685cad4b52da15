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
 * or below: a path that leads elsewhere, also by a symbolic link, would have a reader take
 * somebody's secrets for weights. One layout of links is known to be harmless, that of Hugging
 * Face's cache, where {@code snapshots/<revision>/<file>} leads to {@code blobs/<checksum>}.
 */
public final class SiblingFile {
  private SiblingFile() {}

  /**
   * The file that {@code file} means by {@code name}, by the one path that it really has: under
   * many names one file would count as many.
   *
   * @throws WeightsException if it lies elsewhere or is missing
   */
  public static Path of(Path file, FileLocation place, String name) {
    try {
      var directory = file.toAbsolutePath().getParent();
      if (!isRelative(name)) {
        throw elsewhere(place, name);
      }
      var real = directory.resolve(name).toRealPath();
      if (!real.startsWith(directory.toRealPath()) && !isCached(directory.toRealPath(), real)) {
        throw elsewhere(place, name);
      }
      return real;
    } catch (InvalidPathException _) {
      throw elsewhere(place, name);
    } catch (IOException _) {
      throw new WeightsException(
          Cause.FILE, place, "there is no file %s, which belongs to it; put it beside it", name);
    }
  }

  /** Told by the letters, since what is a path of another system's may lead elsewhere there. */
  private static boolean isRelative(String name) {
    return !name.isBlank()
        && name.chars().noneMatch(letter -> "\\:\0".indexOf(letter) >= 0)
        && !name.startsWith("/")
        && Collections.disjoint(List.of(name.split("/", -1)), List.of("", ".", ".."));
  }

  private static boolean isCached(Path directory, Path real) {
    var snapshots = directory.getParent();
    return snapshots != null
        && snapshots.endsWith("snapshots")
        && real.getParent().equals(snapshots.resolveSibling("blobs"))
        && Files.isRegularFile(real);
  }

  private static WeightsException elsewhere(FileLocation place, String name) {
    return new WeightsException(
        Cause.INVALID_HEADER,
        place,
        "it names the file \"%s\", which doesn't lie in its directory; it is refused",
        name);
  }
}
