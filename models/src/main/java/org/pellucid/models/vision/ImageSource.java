package org.pellucid.models.vision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The bytes of an image file and the name that messages call it by.
 *
 * @param name a path or another name
 * @param content the whole file, at least one byte
 */
record ImageSource(String name, byte[] content) {
  /** Larger files are refused unread: even 200 million raw 8-bit RGB pixels take less. */
  static final long MAXIMUM_BYTES = 1L << 30;

  static ImageSource of(Path file) {
    if (!Files.exists(file)) {
      throw new ImageException("image file %s does not exist; check the path".formatted(file));
    }
    if (Files.isDirectory(file)) {
      throw new ImageException(
          "%s is a directory, not an image file; name a file in it".formatted(file));
    }
    try {
      long size = Files.size(file);
      if (size > MAXIMUM_BYTES) {
        throw new ImageException(
            "%s has %d bytes, more than the %d that an image file may have; make it smaller"
                .formatted(file, size, MAXIMUM_BYTES));
      }
      return of(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new ImageException(
          "cannot read image file %s (%s); check its permissions"
              .formatted(file, e.getClass().getSimpleName()),
          e);
    }
  }

  static ImageSource of(String name, byte[] content) {
    if (content.length == 0) {
      throw new ImageException(
          "image file %s is empty (0 bytes); fetch or export it again".formatted(name));
    }
    return new ImageSource(name, content);
  }

  /** The first bytes of a file; none where it can't be read, which reading it will tell. */
  static byte[] head(Path file) {
    try (var input = Files.newInputStream(file)) {
      return input.readNBytes(ContentKind.HEAD);
    } catch (IOException _) {
      return new byte[0];
    }
  }

  /** The bytes that tell what it is. */
  byte[] head() {
    return Arrays.copyOf(content, Math.min(content.length, ContentKind.HEAD));
  }

  /** The exception for a file that begins as an image and cannot be decoded. */
  ImageException damaged(String why, Throwable cause) {
    return new ImageException(
        "%s holds %s that is damaged or of an unsupported kind (%s); export it again, for instance as PNG"
            .formatted(name, ContentKind.of(head()).name(), why),
        cause);
  }
}
