package org.pellucid.models.bert;

/**
 * A token that is found whole in a text before it is split into words, such as {@code [SUBJ]}.
 *
 * @param content how it is written
 * @param id its row in the table of embeddings
 * @param isNormalised whether capitals don't matter where text becomes lower case
 * @param isWord whether it must stand between other characters than letters and digits
 */
record AddedToken(String content, int id, boolean isNormalised, boolean isWord) {
  /** The same, found only as it is written. */
  AddedToken asWritten() {
    return new AddedToken(content, id, false, isWord);
  }
}
