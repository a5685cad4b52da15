package org.pellucid.models.bert;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.pellucid.models.ModelFileException;

/** A small file of a model that holds UTF-8 text, such as a vocabulary or a configuration. */
final class TextFile {
  private static final long LARGEST = 1 << 26;
  private static final String POINTER = "version https://git-lfs.github.com/spec/";
  private static final String LINK = "../../blobs/";
  private static final int LONGEST_LINK = 300;

  private TextFile() {}

  /**
   * The whole text without a byte order mark.
   *
   * @param what the file is called in messages, such as "vocabulary file"
   * @throws ModelFileException if it can't be read, is no UTF-8, or stands for another file
   */
  static String read(Path file, String what) {
    if (!Files.isRegularFile(file)) {
      throw new ModelFileException("There is no %s %s; check the path.".formatted(what, file));
    }
    try {
      if (Files.size(CachedFile.of(file)) > LARGEST) {
        throw new ModelFileException(
            "The %s %s is larger than %d bytes; give the file that belongs to the model."
                .formatted(what, file, LARGEST));
      }
      var bytes = ByteBuffer.wrap(Files.readAllBytes(CachedFile.of(file)));
      var text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      var plain = text.startsWith("\uFEFF") ? text.substring(1) : text;
      checkContent(file, plain);
      return plain;
    } catch (CharacterCodingException e) {
      throw new ModelFileException(
          "The %s %s is not UTF-8 text; save it as UTF-8.".formatted(what, file), e);
    } catch (IOException e) {
      throw new ModelFileException(
          "%s can't be read (%s); check its permissions.".formatted(file, e.getMessage()), e);
    }
  }

  private static void checkContent(Path file, String text) {
    if (text.startsWith(POINTER)) {
      throw new ModelFileException(
          "%s is a Git LFS pointer and not the file itself; download it with: git lfs pull"
              .formatted(file));
    }
    if (text.startsWith(LINK) && text.length() < LONGEST_LINK) {
      throw new ModelFileException(
          "%s holds only the path %s, since a link was lost in copying; copy the folder with its links."
              .formatted(file, text.strip()));
    }
    var start = text.stripLeading();
    if (start.regionMatches(true, 0, "<!doctype", 0, 9)
        || start.regionMatches(true, 0, "<html", 0, 5)) {
      throw new ModelFileException(
          "%s is a web page; download the file itself, not the page about it.".formatted(file));
    }
  }

  /** The lines, which any kind of line break ends. */
  static List<String> lines(Path file, String what) {
    return read(file, what).lines().toList();
  }
}
