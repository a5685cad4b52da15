package org.pellucid.models.vision;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Names of images' results: as short as they can be without two being the same, upper and lower
 * case taken for equal as some file systems do.
 */
final class ImageNames {
  /** Files that a run writes beside the images' directories. */
  private static final Set<String> RESERVED = Set.of("index.html", "manifest.json");

  /**
   * A file that was found.
   *
   * @param within its path below the directory that was searched, or its name
   */
  record Found(Path file, Path within) {}

  /** From short to long. */
  private static final List<Function<Found, String>> FORMS =
      List.of(
          found -> ImageFiles.stem(text(found.within())),
          found -> text(found.within()),
          ImageNames::withDirectory);

  private ImageNames() {}

  static List<ImageFile> of(List<Found> found) {
    var names = new ArrayList<String>(found.stream().map(FORMS.getFirst()).toList());
    for (var form : FORMS.subList(1, FORMS.size())) {
      var uses = uses(names);
      for (var i = 0; i < names.size(); i++) {
        var key = key(names.get(i));
        if (uses.get(key) > 1 || RESERVED.contains(key)) {
          names.set(i, form.apply(found.get(i)));
        }
      }
    }
    var uses = new HashMap<String, Integer>();
    var files = new ArrayList<ImageFile>();
    for (var i = 0; i < names.size(); i++) {
      var count = uses.merge(key(names.get(i)), 1, Integer::sum);
      var name = count == 1 ? names.get(i) : names.get(i) + "-" + count;
      files.add(new ImageFile(found.get(i).file(), name));
    }
    return List.copyOf(files);
  }

  private static Map<String, Integer> uses(List<String> names) {
    return names.stream().collect(Collectors.toMap(ImageNames::key, _ -> 1, Integer::sum));
  }

  private static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private static String text(Path within) {
    return StreamSupport.stream(within.spliterator(), false)
        .map(Path::toString)
        .collect(Collectors.joining("/"));
  }

  /** With the name of the directory that the file was found in. */
  private static String withDirectory(Found found) {
    var root = found.file().toAbsolutePath().normalize();
    for (var i = 0; i < found.within().getNameCount() && root != null; i++) {
      root = root.getParent();
    }
    return root == null || root.getFileName() == null
        ? text(found.within())
        : root.getFileName() + "/" + text(found.within());
  }
}
