package org.pellucid.models.vision;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds image files, in the homework's order and with the labels their names carry. */
public final class ImageFiles {
  private static final Pattern LABELLED = Pattern.compile("(\\d{1,4})_(\\d{1,6})\\.\\w+");

  /** Files of these kinds are images, whether or not they can be read. */
  private static final Pattern IMAGE =
      Pattern.compile(
          ".*\\.(jpe?g|jfif|jfi|jpe|pjp|pjpeg|a?png|gif|bmp|dib|tiff?|p[bgpn]m|pam|webp|npy"
              + "|heic|heif|hif|avif|jxl|jp2|j2k|jpf|jxr|psd|exr|hdr|tga|dds|svg|ico|dcm"
              + "|dng|cr2|cr3|nef|arw|orf|rw2|raf)");

  /** Files of these kinds are none, whatever they begin with. */
  private static final Pattern OTHER =
      Pattern.compile(
          ".*\\.(txt|md|csv|tsv|json|jsonl|ya?ml|xml|html?|pdf|log|zip|gz|tar|py|ipynb|pth?|ckpt"
              + "|safetensors|npz|onnx|bin|pkl|mat|h5)");

  /** What Windows and archives from macOS leave in directories. */
  private static final Set<String> LITTER = Set.of("thumbs.db", "desktop.ini", "__macosx");

  private static final long CLASS_WEIGHT = 1_000_000;

  private ImageFiles() {}

  /**
   * Lists images: each file as it is, each directory as the image files in it, but not in its
   * sub-directories; see {@link #find}.
   *
   * @throws ImageException if a path doesn't exist, can't be read, or a directory holds no images
   */
  public static List<Path> list(List<Path> paths) {
    return find(paths, false).stream().map(ImageFile::path).toList();
  }

  /**
   * Finds images: each file as it is, each directory as the image files in it. A file is taken for
   * an image by its extension, or else by its content. Images of a kind that can't be read are
   * among them, so that reading says so. Masks ({@code *.mask.png}), hidden files, resource forks
   * of macOS and {@code Thumbs.db} are left out, and a file named twice is found once. Names such
   * as {@code 3_5.jpg} come first, by class and number, then all others by name; sub-directories
   * follow by name.
   *
   * @param recursive whether directories are searched with their sub-directories
   * @throws ImageException if a path doesn't exist, can't be read, or a directory holds no images
   */
  public static List<ImageFile> find(List<Path> paths, boolean recursive) {
    var found = new ArrayList<ImageNames.Found>();
    var seen = new HashSet<Path>();
    for (var path : paths) {
      if (Files.isDirectory(path)) {
        for (var file : inDirectory(path, recursive)) {
          if (seen.add(whole(file))) {
            found.add(new ImageNames.Found(file, path.relativize(file)));
          }
        }
      } else if (!Files.exists(path)) {
        throw new ImageException("image file %s does not exist; check the path".formatted(path));
      } else if (seen.add(whole(path))) {
        found.add(new ImageNames.Found(path, path.getFileName()));
      }
    }
    return ImageNames.of(found);
  }

  private static Path whole(Path file) {
    return file.toAbsolutePath().normalize();
  }

  private static List<Path> inDirectory(Path directory, boolean recursive) {
    try {
      var images = new ArrayList<Path>();
      collect(directory, recursive, images);
      if (images.isEmpty()) {
        throw new ImageException(
            "directory %s holds no images%s"
                .formatted(
                    directory,
                    recursive
                        ? "; name one that does"
                        : hasDirectories(directory)
                            ? " itself; add --recursive for those in its sub-directories"
                            : "; name one that does"));
      }
      return images;
    } catch (IOException | UncheckedIOException e) {
      throw new ImageException(
          "cannot list directory %s (%s); check its permissions"
              .formatted(directory, e.getClass().getSimpleName()),
          e);
    }
  }

  private static void collect(Path directory, boolean recursive, List<Path> images)
      throws IOException {
    try (var entries = Files.list(directory)) {
      entries
          .filter(Files::isRegularFile)
          .filter(file -> !isLitter(file) && looksLikeImage(file))
          .sorted(
              Comparator.comparingLong(ImageFiles::order)
                  .thenComparing(file -> file.getFileName().toString()))
          .forEach(images::add);
    }
    if (recursive) {
      for (var inner : directories(directory)) {
        collect(inner, true, images);
      }
    }
  }

  /** The sub-directories; links to directories are not followed, since they may lead back. */
  private static List<Path> directories(Path directory) throws IOException {
    try (var entries = Files.list(directory)) {
      return entries
          .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
          .filter(entry -> !isLitter(entry))
          .sorted(Comparator.comparing(entry -> entry.getFileName().toString()))
          .toList();
    }
  }

  private static boolean hasDirectories(Path directory) throws IOException {
    return !directories(directory).isEmpty();
  }

  private static boolean isLitter(Path file) {
    var name = file.getFileName().toString();
    return name.startsWith(".") || LITTER.contains(name.toLowerCase(Locale.ROOT));
  }

  private static boolean looksLikeImage(Path file) {
    var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".mask.png") || OTHER.matcher(name).matches()) {
      return false;
    }
    return IMAGE.matcher(name).matches() || ContentKind.of(ImageSource.head(file)).isImage();
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
    return stem(file.getFileName().toString());
  }

  static String stem(String name) {
    var dot = name.lastIndexOf('.');
    return dot > name.lastIndexOf('/') + 1 ? name.substring(0, dot) : name;
  }
}
