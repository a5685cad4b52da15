package org.pellucid.weights;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A location in a weight file.
 *
 * @param position the byte, counted from the file's beginning
 * @param tensor the name of the tensor concerned
 */
public record FileLocation(Path file, OptionalLong position, Optional<String> tensor) {

  /** A file without a known position. */
  public static FileLocation in(Path file) {
    return new FileLocation(file, OptionalLong.empty(), Optional.empty());
  }

  /** The same at a byte. */
  public FileLocation at(long byteFromBeginning) {
    return new FileLocation(file, OptionalLong.of(byteFromBeginning), tensor);
  }

  /** The same that many bytes later, where the position is known. */
  public FileLocation plus(long bytes) {
    return position.isPresent() ? at(position.getAsLong() + bytes) : this;
  }

  /** The same in a tensor. */
  public FileLocation of(String tensorName) {
    return new FileLocation(file, position, Optional.of(tensorName));
  }

  @Override
  public String toString() {
    return position.isPresent() ? file + " at byte " + position.getAsLong() : file.toString();
  }
}
