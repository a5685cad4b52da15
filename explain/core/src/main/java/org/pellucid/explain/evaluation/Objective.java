package org.pellucid.explain.evaluation;

import java.util.Locale;

/** Which function of an output a gradient method differentiates. */
public enum Objective {
  /** The target as it is, such as a class's logit before any softmax. */
  SCORE,
  /** The cross entropy between all outputs, taken as logits, and the target's output. */
  LOSS,
  /** The softmax of all outputs, taken as logits, at the target's output. */
  PROBABILITY;

  /**
   * The target seen by this objective.
   *
   * @throws IllegalArgumentException for the loss or the probability of a target that is not a
   *     single output
   */
  public Target of(Target target) {
    if (this == SCORE) {
      return target;
    }
    if (target instanceof Target.Output output) {
      return this == LOSS
          ? new Target.Loss(output.index())
          : new Target.Probability(output.index());
    }
    throw new IllegalArgumentException(
        "The %s of the target %s is not defined; a single output is needed."
            .formatted(name().toLowerCase(Locale.ROOT), target.text()));
  }
}
