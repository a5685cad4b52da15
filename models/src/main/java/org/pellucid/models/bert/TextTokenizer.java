package org.pellucid.models.bert;

import java.util.OptionalInt;

/** Turns text into the tokens that a language model takes, and tells where each one stands. */
public interface TextTokenizer {

  /**
   * A text between the model's special tokens.
   *
   * @throws IllegalArgumentException if that is longer than the maximal length
   */
  Tokens encode(String text);

  /**
   * A pair of texts between and around the model's special tokens.
   *
   * @throws IllegalArgumentException if that is longer than the maximal length
   */
  Tokens encode(String first, String second);

  /** The most tokens that an input may have, special ones included. */
  int maximalLength();

  /** The number of pieces; ids run from 0 to one less. */
  int size();

  /** The id of the piece that is a whole word as it stands within a text, if there is one. */
  OptionalInt idOf(String word);

  /**
   * The vocabulary's piece for an id.
   *
   * @throws IllegalArgumentException if the id is outside the vocabulary
   */
  String decode(int id);

  /**
   * The text of a piece for a reader, without marks that say how it joins others.
   *
   * @throws IllegalArgumentException if the id is outside the vocabulary
   */
  String spelling(int id);

  /** The id of the token that pads. */
  int padId();

  /** The id of the token for what can't be split. */
  int unknownId();
}
