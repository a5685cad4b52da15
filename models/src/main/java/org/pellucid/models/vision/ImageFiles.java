package org.pellucid.models.vision;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Finds image files, in the homework's order and with the labels their names carry. */
public final class ImageFiles {
  private static final Pattern LABELLED = Pattern.compile("(\\d{1,4})_(\\d{1,6})\\.\\w+");
  private static final Pattern IMAGE =
      Pattern.compile(".*\\.(jpe?g|png|gif|bmp|tiff?|p[bgpn]m|npy)");
  private static final long CLASS_WEIGHT = 1_000_000;

  private ImageFiles() {}

  /**
   * Lists images: each file as it is, each directory as the image files in it. Masks ({@code
   * *.mask.png}) are left out. Names such as {@code 3_5.jpg} come first, by class and number, then
   * all others by name.
   *
   * @throws ImageException if a path doesn't exist, can't be read, or a directory holds no images
   */
  public static List<Path> list(List<Path> paths) {
    var found = new ArrayList<Path>();
    for (var path : paths) {
      if (Files.isDirectory(path)) {
        found.addAll(inDirectory(path));
      } else if (Files.exists(path)) {
        found.add(path);
      } else {
        throw new ImageException("image file %s does not exist; check the path".formatted(path));
      }
    }
    return List.copyOf(found);
  }

  private static List<Path> inDirectory(Path directory) {
    try (var files = Files.list(directory)) {
      var images =
          files
              .filter(Files::isRegularFile)
              .filter(ImageFiles::looksLikeImage)
              .sorted(
                  Comparator.comparingLong(ImageFiles::order)
                      .thenComparing(file -> file.getFileName().toString()))
              .toList();
      if (images.isEmpty()) {
        throw new ImageException(
            "directory %s holds no images; name one that does".formatted(directory));
      }
      return images;
    } catch (IOException e) {
      throw new ImageException(
          "cannot list directory %s (%s); check its permissions"
              .formatted(directory, e.getClass().getSimpleName()),
          e);
    }
  }

  private static boolean looksLikeImage(Path file) {
    var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return IMAGE.matcher(name).matches() && !name.endsWith(".mask.png");
  }

  private static long order(Path file) {
    var matcher = LABELLED.matcher(file.getFileName().toString());
    return matcher.matches()
        ? Long.parseLong(matcher.group(1)) * CLASS_WEIGHT + Long.parseLong(matcher.group(2))
        : Long.MAX_VALUE;
  }

  /** The class that a name such as {@code 3_5.jpg} carries before its underscore. */
  public static OptionalInt label(Path file) {
    var matcher = LABELLED.matcher(file.getFileName().toString());
    return matcher.matches()
        ? OptionalInt.of(Integer.parseInt(matcher.group(1)))
        : OptionalInt.empty();
  }

  /** The file's name without its last extension. */
  public static String stem(Path file) {
    var name = file.getFileName().toString();
    var dot = name.lastIndexOf('.');
    return dot > 0 ? name.substring(0, dot) : name;
  }
}
