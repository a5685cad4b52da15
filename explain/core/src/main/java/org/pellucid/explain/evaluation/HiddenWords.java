package org.pellucid.explain.evaluation;

import org.pellucid.engine.Engine;
import org.pellucid.models.bert.TextFunction;
import org.pellucid.models.bert.Token;

/** What stands in place of a text's words that are hidden. */
public enum HiddenWords {
  /** {@code [MASK]}. */
  MASK,
  /** {@code [PAD]}, which is attended to like any other token. */
  PAD,
  /** Word embeddings of zeros; position and segment remain. */
  ZERO,
  /** Nothing: no token attends to them. The others keep their positions. */
  REMOVED;

  /**
   * The embeddings of a text in which all words are hidden and {@code [CLS]} and {@code [SEP]}
   * stay; those of removed words are zeros.
   *
   * @return {@code [tokens, embedding]}
   */
  public Values all(TextFunction scores) {
    var tokens = scores.tokens().list();
    var ids = scores.tokens().ids();
    for (var i = 0; i < ids.length; i++) {
      ids[i] = isSpecial(tokens.get(i)) ? ids[i] : id(scores);
    }
    var numbers = scores.embeddings(Engine.standard(), ids);
    var size = numbers.length / ids.length;
    for (var i = 0; i < numbers.length; i++) {
      if ((this == ZERO || this == REMOVED) && !isSpecial(tokens.get(i / size))) {
        numbers[i] = 0;
      }
    }
    return Values.of(numbers, scores.inputShape());
  }

  private int id(TextFunction scores) {
    return this == MASK ? scores.tokens().maskId() : scores.padId();
  }

  private static boolean isSpecial(Token token) {
    return token.source() == Token.Source.SPECIAL;
  }
}
