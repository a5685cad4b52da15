package org.pellucid.models.text;

import java.util.ArrayList;
import java.util.List;
import org.pellucid.models.bert.Token;

/**
 * Which special tokens stand between and around texts.
 *
 * @param single of one text
 * @param pair of two texts
 */
record TokenTemplate(List<Part> single, List<Part> pair) {
  /** Copies the lists. */
  TokenTemplate {
    single = List.copyOf(single);
    pair = List.copyOf(pair);
  }

  /** A special token or a text, with the token type that it gets. */
  sealed interface Part {
    int type();
  }

  /** A special token. */
  record Special(String piece, int type) implements Part {}

  /** A text. */
  record Text(Token.Source source, int type) implements Part {}

  /** RoBERTa's: {@code <s> A </s>} and {@code <s> A </s></s> B </s>}, all of one type. */
  static TokenTemplate roberta(String begin, String end) {
    var first = new Text(Token.Source.FIRST, 0);
    var second = new Text(Token.Source.SECOND, 0);
    var opens = new Special(begin, 0);
    var closes = new Special(end, 0);
    return new TokenTemplate(
        List.of(opens, first, closes), List.of(opens, first, closes, closes, second, closes));
  }

  /** BERT's: {@code [CLS] A [SEP]} and {@code [CLS] A [SEP] B [SEP]}, B being of type 1. */
  static TokenTemplate bert(String begin, String end) {
    var first =
        List.<Part>of(new Special(begin, 0), new Text(Token.Source.FIRST, 0), new Special(end, 0));
    var both = new ArrayList<>(first);
    both.add(new Text(Token.Source.SECOND, 1));
    both.add(new Special(end, 1));
    return new TokenTemplate(first, both);
  }
}
