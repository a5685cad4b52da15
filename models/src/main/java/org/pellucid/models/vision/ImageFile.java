package org.pellucid.models.vision;

import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * An image file that was found, not yet read.
 *
 * @param name of its results, unique among the files found together: the file's name without its
 *     extension, which stays where two files would share a name; below a directory that was
 *     searched with its sub-directories, their names come before, separated by {@code /}
 */
public record ImageFile(Path path, String name) {
  /** The class that a name such as {@code 3_5.jpg} carries before its underscore. */
  public OptionalInt label() {
    return ImageFiles.label(path);
  }
}
