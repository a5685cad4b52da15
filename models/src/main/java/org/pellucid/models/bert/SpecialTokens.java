package org.pellucid.models.bert;

import java.util.List;

/**
 * The spelling of the five tokens that mean something to a BERT.
 *
 * @param pad pads a batch to one length
 * @param unknown stands for a word that can't be split
 * @param classify opens every input
 * @param separator ends each text of an input
 * @param mask hides a token that the model predicts
 */
record SpecialTokens(String pad, String unknown, String classify, String separator, String mask) {
  /** The spelling of the original models. */
  static SpecialTokens standard() {
    return new SpecialTokens(
        Vocabulary.PAD,
        Vocabulary.UNKNOWN,
        Vocabulary.CLASSIFY,
        Vocabulary.SEPARATOR,
        Vocabulary.MASK);
  }

  List<String> all() {
    return List.of(pad, unknown, classify, separator, mask);
  }
}
