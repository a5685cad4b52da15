package org.pellucid.models.zoo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pellucid.models.ModelFileException;

/**
 * A folder {@code models--<owner>--<name>} of Hugging Face's cache: {@code snapshots/<revision>}
 * are models, and {@code refs/main} holds the revision in use.
 */
final class CacheFolder {
  private static final int LONGEST_REVISION = 200;

  private CacheFolder() {}

  /**
   * The folder with a model's files: of a folder of the cache the only snapshot or the one in use,
   * else the folder itself.
   *
   * @throws ModelFileException if it has no snapshot, or several and none is in use, or can't be
   *     read
   */
  static Path resolve(Path folder) {
    var snapshots = folder.resolve("snapshots");
    try {
      return Files.isDirectory(snapshots) ? inUse(folder, list(snapshots)) : folder;
    } catch (IOException e) {
      throw new ModelFileException(
          "%s can't be read (%s); check its permissions.".formatted(folder, e.getMessage()), e);
    }
  }

  private static Path inUse(Path folder, List<Path> all) throws IOException {
    if (all.size() == 1) {
      return all.getFirst();
    }
    var main = folder.resolve("refs/main");
    if (Files.isRegularFile(main) && Files.size(main) <= LONGEST_REVISION) {
      var revision = new String(Files.readAllBytes(main), StandardCharsets.ISO_8859_1).strip();
      for (var snapshot : all) {
        if (snapshot.getFileName().toString().equals(revision)) {
          return snapshot;
        }
      }
    }
    throw new ModelFileException(
        all.isEmpty()
            ? "%s holds no snapshot of a model; download it again.".formatted(folder)
            : "%s holds several snapshots, %s; give the folder of one."
                .formatted(
                    folder,
                    String.join(
                        ", ", all.stream().map(path -> path.getFileName().toString()).toList())));
  }

  private static List<Path> list(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.filter(Files::isDirectory).sorted().toList();
    }
  }
}
