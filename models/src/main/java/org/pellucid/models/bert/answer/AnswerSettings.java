package org.pellucid.models.bert.answer;

import static org.pellucid.engine.tensor.Shapes.check;

/**
 * How answers are looked for.
 *
 * @param windows how the context is cut
 * @param longest the most tokens of an answer
 * @param best the number of answers wanted, best first
 * @param distinct whether an answer is left out that overlaps a better one or says the same
 * @param mayBeNone whether "the context holds no answer" competes with the spans, by the score of
 *     {@code [CLS]}; right for models trained on questions without an answer, as in SQuAD 2.0
 */
public record AnswerSettings(
    WindowSettings windows, int longest, int best, boolean distinct, boolean mayBeNone) {
  private static final int LONGEST = 30;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one isn't positive
   */
  public AnswerSettings {
    check(longest > 0, "An answer needs at least 1 token, not %d", longest);
    check(best > 0, "At least 1 answer must be asked for, not %d", best);
  }

  /** One answer of at most 30 tokens, in SQuAD's windows. */
  public static AnswerSettings standard() {
    return new AnswerSettings(WindowSettings.squad(), LONGEST, 1, false, false);
  }

  /** These settings with other windows. */
  public AnswerSettings withWindows(WindowSettings other) {
    return new AnswerSettings(other, longest, best, distinct, mayBeNone);
  }

  /** These settings with another number of answers. */
  public AnswerSettings withBest(int count) {
    return new AnswerSettings(windows, longest, count, distinct, mayBeNone);
  }
}
