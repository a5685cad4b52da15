package org.pellucid.models.bert.answer;

import java.util.ArrayList;
import java.util.List;
import org.pellucid.models.bert.NormalizerOptions;
import org.pellucid.models.bert.Vocabulary;
import org.pellucid.models.bert.WordPieceTokenizer;

/** A tokenizer whose pieces are single letters, at a word's beginning and within it. */
final class Letters {
  private Letters() {}

  static WordPieceTokenizer tokenizer(int maximalLength) {
    var pieces = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "?", "."));
    for (var letter = 'a'; letter <= 'z'; letter++) {
      pieces.add(String.valueOf(letter));
      pieces.add("##" + letter);
    }
    return new WordPieceTokenizer(new Vocabulary(pieces), NormalizerOptions.cased(), maximalLength);
  }
}
