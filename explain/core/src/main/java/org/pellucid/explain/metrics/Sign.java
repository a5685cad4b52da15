package org.pellucid.explain.metrics;

import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;

/** What of an attribution counts. */
public enum Sign {
  /** The number as it is: what speaks against the target comes last. */
  SIGNED,
  /** Its magnitude. */
  ABSOLUTE,
  /** The number if it is positive, else 0. */
  POSITIVE;

  static Parameter<Sign> parameter(Sign standard) {
    return Parameter.of(
        "sign",
        ParameterType.choice(Sign.class),
        standard,
        "What of an attribution counts: its signed value, its magnitude, or its positive part.");
  }

  double of(double attribution) {
    return switch (this) {
      case SIGNED -> attribution;
      case ABSOLUTE -> Math.abs(attribution);
      case POSITIVE -> Math.max(0, attribution);
    };
  }
}
