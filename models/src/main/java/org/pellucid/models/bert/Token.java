package org.pellucid.models.bert;

/**
 * A word piece as the model sees it, and where it stands in the text.
 *
 * @param id its id in the vocabulary
 * @param piece as it is written in the vocabulary; a piece that continues a word begins with {@code
 *     ##}
 * @param start first UTF-16 index in its text; 0 for a token that stands in no text
 * @param end UTF-16 index after the last one; 0 for a token that stands in no text
 * @param source the text it belongs to
 * @param word index of its word in its text, from 0 (a Chinese character is a word); −1 for a token
 *     that stands in no text
 * @param segment the token type the model gets: 0 up to the first {@code [SEP]}, 1 after it
 */
public record Token(
    int id, String piece, int start, int end, Source source, int word, int segment) {
  /** The text a token belongs to. */
  public enum Source {
    /** Added by the tokenizer: {@code [CLS]} and {@code [SEP]}. */
    SPECIAL,
    /** The first or only text. */
    FIRST,
    /** The second text of a pair. */
    SECOND
  }
}
