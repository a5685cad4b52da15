package org.pellucid.explain.view;

import static org.pellucid.engine.tensor.Shapes.check;

/** The magnitude at which the colours of a map end. */
public sealed interface Scale {
  /** The map's own percentile of magnitudes. */
  record Own() implements Scale {}

  /**
   * A magnitude that was given.
   *
   * @param reach positive and finite
   */
  record Fixed(double reach) implements Scale {
    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if the magnitude isn't positive and finite
     */
    public Fixed {
      check(
          reach > 0 && Double.isFinite(reach),
          "The scale is %s, but must be positive and finite",
          reach);
    }
  }

  /**
   * The largest of several maps' own.
   *
   * @param reach 0 if all maps are zero
   * @param maps their number
   */
  record Shared(double reach, int maps) implements Scale {}

  /** The map's own scale. */
  static Scale own() {
    return new Own();
  }

  /**
   * A scale that ends at a magnitude.
   *
   * @throws IllegalArgumentException if it isn't positive and finite
   */
  static Scale of(double reach) {
    return new Fixed(reach);
  }

  /** Where the colours of a map end whose own percentile of magnitudes is known. */
  default double reach(double own) {
    return switch (this) {
      case Own _ -> own;
      case Fixed fixed -> fixed.reach();
      case Shared shared -> shared.reach();
    };
  }
}
