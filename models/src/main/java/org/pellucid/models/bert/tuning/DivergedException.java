package org.pellucid.models.bert.tuning;

/** Says that a training's loss or gradient is infinite or not a number. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DivergedException(long step) {
    super(
        ("The loss of step %d is infinite or not a number; begin anew with a lower learning rate or"
                + " a longer warm-up.")
            .formatted(step));
  }
}
