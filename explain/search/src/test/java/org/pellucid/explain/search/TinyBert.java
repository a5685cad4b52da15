package org.pellucid.explain.search;

import java.util.ArrayList;
import java.util.List;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.models.bert.BertConfig;
import org.pellucid.models.bert.BertModel;
import org.pellucid.models.bert.NormalizerOptions;
import org.pellucid.models.bert.Vocabulary;
import org.pellucid.models.bert.WordPieceTokenizer;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.WeightsOrigin;
import org.pellucid.testing.RandomBertParameters;

/** A BERT of two layers with three heads and random weights, whose pieces are letters and words. */
final class TinyBert {
  private static final List<String> WORDS =
      List.of(
          "the", "cat", "saw", "dog", "house", "Mr", ".", ",", "?", "!", "\"", "<", ">", "/", "(",
          ")", "。", "我", "爱", "你", "北", "京", "😀");

  private TinyBert() {}

  /** A model whose weights follow from a seed. */
  static BertModels.Loaded open(int seed) {
    var tokenizer = new WordPieceTokenizer(new Vocabulary(pieces()), NormalizerOptions.cased(), 24);
    var config = new BertConfig(pieces().size(), 12, 2, 3, 20, 24, 2, 1e-12, "gelu", 0, List.of());
    var model = BertModel.load(config, new RandomBertParameters(config, seed), ElementType.FLOAT32);
    var name = "tiny-" + seed;
    return new BertModels.Loaded(
        new WeightsOrigin(name, name, List.of()), model, tokenizer, List.of());
  }

  private static List<String> pieces() {
    var pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
    pieces.addAll(WORDS);
    for (var letter = 'a'; letter <= 'z'; letter++) {
      pieces.add(String.valueOf(letter));
      pieces.add("##" + letter);
    }
    return pieces;
  }
}
