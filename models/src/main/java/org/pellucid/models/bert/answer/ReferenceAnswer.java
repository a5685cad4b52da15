package org.pellucid.models.bert.answer;

import static org.pellucid.engine.tensor.Shapes.check;

/**
 * An answer that people marked in a context.
 *
 * @param text as it stands in the context
 * @param start first UTF-16 index in the context
 * @param end UTF-16 index after the last one
 */
public record ReferenceAnswer(String text, int start, int end) {
  /**
   * Checks that the indices fit the text.
   *
   * @throws IllegalArgumentException if they don't
   */
  public ReferenceAnswer {
    check(
        start >= 0 && end - start == text.length() && end > start,
        "An answer from %d to %d can't be the %d letters “%s”",
        start,
        end,
        text.length(),
        text);
  }
}
