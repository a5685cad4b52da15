package org.pellucid.explain.method;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;

/**
 * A quantity as a function of another, of which a {@link Quality} figure is the summary.
 *
 * @param x what the positions are, such as {@code share of the pixels inserted}
 * @param y what the values are, such as {@code probability of class 3}
 * @param positions in the order in which they were measured
 * @param values one for each position
 */
public record Curve(String x, String y, List<Double> positions, List<Double> values) {

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if they differ in length or are empty
   */
  public Curve {
    check(
        positions.size() == values.size(),
        "A curve has %d positions and %d values; give one value for each position",
        positions.size(),
        values.size());
    check(!positions.isEmpty(), "A curve has no points; give at least one");
    positions = List.copyOf(positions);
    values = List.copyOf(values);
  }
}
