package org.pellucid.models.bert;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** Tokenizers over the small vocabularies of the test resources. */
final class Vocabularies {
  private Vocabularies() {}

  static WordPieceTokenizer cased() {
    return new WordPieceTokenizer(read("cased-vocab.txt"), NormalizerOptions.cased(), 512);
  }

  static WordPieceTokenizer uncased() {
    return new WordPieceTokenizer(read("uncased-vocab.txt"), NormalizerOptions.uncased(), 512);
  }

  static Path file(String name) {
    try {
      return Path.of(Vocabularies.class.getResource(name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Vocabulary read(String name) {
    return Vocabulary.read(file(name));
  }
}
