package org.pellucid.explain.search;

import java.util.List;

/**
 * A token that was found, in its sentence.
 *
 * @param similarity cosine of the two vectors, mean over the heads for contexts, −1..1
 * @param sentence its number in the corpus, from 0
 * @param position of the token, where 0 is {@code [CLS]}
 * @param piece the token as it is written in the vocabulary
 * @param words of the sentence
 * @param match index of the word that the token belongs to
 * @param strongest index of the word that the token attends to most
 * @param special attention that it pays to {@code [CLS]} and {@code [SEP]} together, 0..1
 */
public record Hit(
    double similarity,
    long sentence,
    int position,
    String piece,
    List<Word> words,
    int match,
    int strongest,
    double special) {
  /** Copies the list. */
  public Hit {
    words = List.copyOf(words);
  }

  /** The matched word's part of speech. */
  public String tag() {
    return words.get(match).tag();
  }

  /** How many words after the matched one the most attended word stands; negative before it. */
  public int offset() {
    return strongest - match;
  }
}
