package org.pellucid.explain.text;

import java.util.ArrayList;
import java.util.List;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.bert.BertConfig;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.NormalizerOptions;
import org.pellucid.models.bert.Vocabulary;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.testing.RandomBertParameters;

/** A BERT of two layers with random weights and all heads, over a vocabulary of a few words. */
public final class TinyBert {
  /** Its dimensions: two layers of three heads. */
  public static final BertConfig CONFIG =
      new BertConfig(16, 12, 2, 3, 20, 24, 2, 1e-12, "gelu", 0, List.of());

  private static final List<String> WORDS =
      List.of("the", "cat", "saw", "a", "dog", "who", "?", ".", "apple", "eats", "##s");

  private TinyBert() {}

  /** The tokenizer of its few words. */
  public static WordPieceTokenizer tokenizer() {
    var pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    pieces.addAll(WORDS);
    return new WordPieceTokenizer(
        new Vocabulary(pieces), NormalizerOptions.uncased(), CONFIG.maximalPositions());
  }

  /** The model, which the caller closes. */
  public static BertModel model() {
    return model(ElementType.FLOAT32);
  }

  /** The same weights in another precision. */
  public static BertModel model(ElementType type) {
    return BertModel.load(CONFIG, new RandomBertParameters(CONFIG).predicting().answering(), type);
  }
}
