package org.pellucid.bench.work;

import java.util.Locale;

/** Which way data runs. */
public enum Pass {
  /** From the input to the result. */
  FORWARD,
  /** The gradient with respect to the input; for a whole network after its forward pass. */
  GRADIENT,
  /** The gradient with respect to the weights; for a whole network after its forward pass. */
  WEIGHTS;

  /** The name in benchmarks' names. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
