package org.pellucid.models.bert.answer;

/**
 * A span of a context as an answer.
 *
 * @param text cut from the context as it was given
 * @param start first UTF-16 index in the context
 * @param end UTF-16 index after the last one
 * @param tokens indices among the context's tokens, from 0
 * @param window index of the window that scored it, from 0
 * @param startLogit of its first token
 * @param endLogit of its last token
 * @param probability of this span among all that are admissible, 0..1
 */
public record Answer(
    String text,
    int start,
    int end,
    TokenSpan tokens,
    int window,
    double startLogit,
    double endLogit,
    double probability) {
  /** The sum of the two logits, by which answers are ranked. */
  public double score() {
    return startLogit + endLogit;
  }
}
