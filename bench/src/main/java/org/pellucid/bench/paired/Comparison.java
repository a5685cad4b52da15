package org.pellucid.bench.paired;

import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One line of the table.
 *
 * @param name the workload's
 * @param ours median time in milliseconds
 * @param rival the other side, if there was one
 * @param rounds how often each side was timed
 * @param error ours against double precision (relative, root of mean squares), where it is known
 */
public record Comparison(
    String name, double ours, Optional<Rival> rival, int rounds, OptionalDouble error) {

  /**
   * The other side.
   *
   * @param milliseconds median time
   */
  public record Rival(String name, double milliseconds) {}

  /** The rival's time divided by ours: how many times faster we are. */
  public OptionalDouble ratio() {
    return rival.isPresent()
        ? OptionalDouble.of(rival.get().milliseconds() / ours)
        : OptionalDouble.empty();
  }
}
