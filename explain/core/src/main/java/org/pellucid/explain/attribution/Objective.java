package org.pellucid.explain.attribution;

import java.util.Locale;

/** What an attribution method takes the gradient of. */
public enum Objective {
  /** The target's logit, before any softmax. */
  SCORE,
  /** The cross entropy between the logits and the target. */
  LOSS;

  /** The name on the command line. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
