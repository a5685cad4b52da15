package org.pellucid.models.bert.answer;

import java.util.List;

/** Counts exact match and F1 over many questions. */
public final class AnswerTally {
  private long questions;
  private long exact;
  private double f1;

  /**
   * The figures so far.
   *
   * @param questions counted
   * @param exactMatch the share of answers that are exact, in percent; NaN for no question
   * @param f1 the mean F1 in percent; NaN for no question
   */
  public record Figures(long questions, double exactMatch, double f1) {}

  /**
   * Counts one answer.
   *
   * @param answer empty if the context is said to hold none
   * @param references none if the context holds none
   */
  public void add(String answer, List<String> references) {
    questions++;
    exact += AnswerMetrics.isExact(answer, references) ? 1 : 0;
    f1 += AnswerMetrics.f1(answer, references);
  }

  /** The figures so far. */
  public Figures figures() {
    return new Figures(questions, 100.0 * exact / questions, 100 * f1 / questions);
  }
}
