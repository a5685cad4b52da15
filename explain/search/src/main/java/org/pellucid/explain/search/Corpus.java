package org.pellucid.explain.search;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.util.HexFormat;

/**
 * A text to be searched, read piece by piece, so that it may be larger than the memory.
 *
 * @param name how results call it
 * @param source where its UTF-8 bytes come from
 * @param layout what a line break in it means
 */
public record Corpus(String name, Source source, Layout layout) {
  /** The name of the text that comes with the library. */
  public static final String BUILT_IN = "pride-and-prejudice";

  /** What a line break means. */
  public enum Layout {
    /** Blank lines part paragraphs; a single line break is a space. */
    PARAGRAPHS,
    /** Each line is a paragraph of its own. */
    LINES
  }

  /** Opens the bytes from their beginning. */
  @FunctionalInterface
  public interface Source {
    /** A new stream that the caller closes. */
    InputStream open() throws IOException;
  }

  /** Receives paragraphs in their order. */
  @FunctionalInterface
  interface Reader {
    /**
     * One paragraph, never blank.
     *
     * @param charactersRead UTF-16 units from the beginning of the text to the end of the paragraph
     */
    void paragraph(String text, long charactersRead) throws IOException;
  }

  /**
   * What a corpus holds.
   *
   * @param characters UTF-16 units
   * @param sha256 of the bytes, in hexadecimal digits
   */
  record Extent(long characters, String sha256) {}

  /** The first twenty chapters of Jane Austen's "Pride and Prejudice" (1813), 200 kB. */
  public static Corpus builtIn() {
    return new Corpus(
        BUILT_IN,
        () -> Corpus.class.getResourceAsStream("pride-and-prejudice.txt"),
        Layout.PARAGRAPHS);
  }

  /**
   * A text file, called by its own name without the folder.
   *
   * @throws CorpusException if there is no such file
   */
  public static Corpus file(Path file, Layout layout) {
    if (!Files.isRegularFile(file)) {
      throw new CorpusException(
          "The corpus %s is neither a file nor %s, the built-in text; check the path.",
          file, BUILT_IN);
    }
    var name = file.getFileName().toString();
    return new Corpus(name, () -> Files.newInputStream(file), layout);
  }

  /**
   * Reads all of it once, so that a mistake in its last line is not found after hours of work.
   *
   * @throws CorpusException if it is not UTF-8, or blank
   */
  Extent extent() throws IOException {
    var digest = Digests.sha256();
    var units = new long[1];
    var isBlank = true;
    try (var bytes = new DigestInputStream(source.open(), digest);
        var reader = new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder())) {
      var buffer = new char[1 << 14];
      for (var count = reader.read(buffer); count >= 0; count = reader.read(buffer)) {
        units[0] += count;
        isBlank = isBlank && new String(buffer, 0, count).replace("\uFEFF", "").isBlank();
      }
    } catch (CharacterCodingException e) {
      throw CorpusException.because(
          e, "The corpus %s is not UTF-8 text; save it as UTF-8 and try again.", name);
    }
    if (isBlank) {
      throw new CorpusException("The corpus %s holds no text; give one with sentences.", name);
    }
    return new Extent(units[0], HexFormat.of().formatHex(digest.digest()));
  }

  /** Reads it paragraph by paragraph. */
  void read(Reader paragraphs) throws IOException {
    try (var reader = new InputStreamReader(source.open(), StandardCharsets.UTF_8.newDecoder())) {
      new ParagraphReader(reader, layout).read(paragraphs);
    }
  }
}
