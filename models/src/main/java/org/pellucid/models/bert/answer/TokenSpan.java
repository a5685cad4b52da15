package org.pellucid.models.bert.answer;

import static org.pellucid.engine.tensor.Shapes.check;

/**
 * Neighbouring tokens.
 *
 * @param first index of the first one
 * @param last index of the last one, which belongs to the span
 */
public record TokenSpan(int first, int last) {
  /**
   * Checks the order.
   *
   * @throws IllegalArgumentException if the last token is before the first, or that before 0
   */
  public TokenSpan {
    check(first >= 0 && last >= first, "Tokens %d to %d are no span", first, last);
  }

  /** The number of tokens. */
  public int length() {
    return last - first + 1;
  }

  /** Whether a token belongs to both. */
  public boolean overlaps(TokenSpan other) {
    return first <= other.last && other.first <= last;
  }
}
