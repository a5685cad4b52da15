package org.pellucid.explain.attention;

import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What a text's tokens are, by their spelling in the vocabulary.
 *
 * @param pieces such as {@code [CLS]}, {@code she} and {@code ##ly}
 */
record TokenKinds(List<String> pieces) {
  private static final String SEPARATOR = "[SEP]";
  private static final String CLASSIFICATION = "[CLS]";
  private static final Set<String> SPECIAL = Set.of(CLASSIFICATION, SEPARATOR, "[PAD]");
  private static final Set<String> FULL_STOPS = Set.of(".", "。", "।", "۔");

  boolean isSeparator(int position) {
    return pieces.get(position).equals(SEPARATOR);
  }

  boolean isClassification(int position) {
    return pieces.get(position).equals(CLASSIFICATION);
  }

  boolean isFullStop(int position) {
    return FULL_STOPS.contains(pieces.get(position));
  }

  boolean isSame(int position, int other) {
    return pieces.get(position).equals(pieces.get(other));
  }

  /** The positions of what a text says; all positions if it says nothing. */
  int[] words() {
    var words =
        IntStream.range(0, pieces.size()).filter(i -> !SPECIAL.contains(pieces.get(i))).toArray();
    return words.length > 0 ? words : IntStream.range(0, pieces.size()).toArray();
  }
}
