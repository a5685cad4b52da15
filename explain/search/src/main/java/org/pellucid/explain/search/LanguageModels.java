package org.pellucid.explain.search;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import opennlp.tools.postag.POSModel;
import opennlp.tools.postag.POSTaggerME;
import opennlp.tools.sentdetect.SentenceDetectorME;
import opennlp.tools.sentdetect.SentenceModel;
import opennlp.tools.tokenize.TokenizerME;
import opennlp.tools.tokenize.TokenizerModel;

/** OpenNLP's English models of its artifacts, trained on Universal Dependencies' EWT treebank. */
final class LanguageModels {
  private static final String FILE = "/opennlp-en-ud-ewt-%s-1.3-2.5.4.bin";

  private LanguageModels() {}

  @FunctionalInterface
  private interface Model<T> {
    T read(InputStream stream) throws IOException;
  }

  static SentenceDetectorME sentences() {
    SentenceModel model = read("sentence", SentenceModel::new);
    return new SentenceDetectorME(model);
  }

  static TokenizerME words() {
    TokenizerModel model = read("tokens", TokenizerModel::new);
    return new TokenizerME(model);
  }

  static POSTaggerME tagger() {
    POSModel model = read("pos", POSModel::new);
    return new POSTaggerME(model);
  }

  private static <T> T read(String kind, Model<T> model) {
    var name = FILE.formatted(kind);
    try (var stream = LanguageModels.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException("The language model " + name + " is missing.");
      }
      return model.read(stream);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
