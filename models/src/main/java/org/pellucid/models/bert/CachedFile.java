package org.pellucid.models.bert;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * A file of Hugging Face's cache, where {@code snapshots/<revision>/<file>} leads to {@code
 * blobs/<checksum>}. Where a copy of the cache lost its links, a text in their place names the
 * blob.
 */
public final class CachedFile {
  private static final Pattern LINK =
      Pattern.compile("\\.\\./\\.\\./blobs/([0-9A-Za-z]{1,128})\\s*");
  private static final int LONGEST = 200;

  private CachedFile() {}

  /** The blob that a file stands for, or the file itself. */
  public static Path of(Path file) {
    try {
      var revision = file.toAbsolutePath().getParent();
      var snapshots = revision == null ? null : revision.getParent();
      if (snapshots == null
          || !snapshots.endsWith("snapshots")
          || !Files.isRegularFile(file)
          || Files.size(file) > LONGEST) {
        return file;
      }
      var link = LINK.matcher(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      var blob = link.matches() ? snapshots.resolveSibling("blobs").resolve(link.group(1)) : file;
      return Files.isRegularFile(blob) ? blob : file;
    } catch (IOException _) {
      // Whoever reads the file says why it can't be read.
      return file;
    }
  }
}
