package org.pellucid.explain.cli;

import static org.pellucid.engine.tensor.Shapes.check;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A text file, as a whole or with one sentence a line. */
final class SentenceFile {
  private static final long LARGEST = 1 << 28;

  private SentenceFile() {}

  /**
   * All lines, blank ones too, so that the n-th result belongs to the n-th line. A byte order mark
   * is skipped, and any kind of line break ends a line.
   *
   * @throws IllegalArgumentException if it holds no sentence, is not UTF-8, or is too large
   * @throws IOException if it can't be read
   */
  static List<String> read(Path file) throws IOException {
    var lines = text(file).lines().toList();
    check(
        lines.stream().anyMatch(line -> !line.isBlank()),
        "The file %s holds no sentences; write one a line",
        file);
    return lines;
  }

  /**
   * The whole text without a byte order mark.
   *
   * @throws IllegalArgumentException if it is not UTF-8, or too large
   * @throws IOException if it can't be read
   */
  static String text(Path file) throws IOException {
    check(Files.isRegularFile(file), "The file %s doesn't exist; check the path", file);
    check(Files.size(file) <= LARGEST, "The file %s is too large; split it", file);
    try {
      var bytes = ByteBuffer.wrap(Files.readAllBytes(file));
      var text = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "The file %s is not UTF-8 text; save it as UTF-8 and try again.".formatted(file), e);
    }
  }
}
