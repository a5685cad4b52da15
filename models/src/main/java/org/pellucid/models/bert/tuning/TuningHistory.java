package org.pellucid.models.bert.tuning;

import java.util.List;
import java.util.Map;

/**
 * What a training was, from its first step to its last, whether it was interrupted or not.
 *
 * @param identity what was trained with what
 * @param settings as words and numbers by name
 * @param trainedWeights their number
 * @param examples their number
 * @param steps all, in order
 * @param evaluations all, in order; none without questions for them
 */
public record TuningHistory(
    TuningSession.Identity identity,
    Map<String, Object> settings,
    long trainedWeights,
    int examples,
    List<TuningStep> steps,
    List<TuningEvaluation.Result> evaluations) {
  /** Copies the lists. */
  public TuningHistory {
    steps = List.copyOf(steps);
    evaluations = List.copyOf(evaluations);
  }
}
