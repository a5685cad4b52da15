package org.pellucid.bench.paired;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One line of the table.
 *
 * @param name the workload's
 * @param ours our times
 * @param rival the other side, if there was one
 * @param error ours against double precision (relative, root of mean squares), where it is known
 */
public record Comparison(String name, Times ours, Optional<Rival> rival, OptionalDouble error) {

  /**
   * How long a side's calls took, in milliseconds. Where the median is far above the fastest, the
   * machine was busy with something else.
   */
  public record Times(double median, double fastest) {

    /** The times of measured calls, in seconds. */
    static Times of(List<Double> seconds) {
      var sorted = seconds.stream().mapToDouble(value -> value * 1e3).sorted().toArray();
      var middle = sorted.length / 2;
      var median =
          sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
      return new Times(median, sorted[0]);
    }
  }

  /** The other side. */
  public record Rival(String name, Times times) {}

  /** The rival's median divided by ours: how many times faster we are. */
  public OptionalDouble ratio() {
    return rival.isPresent()
        ? OptionalDouble.of(rival.get().times().median() / ours.median())
        : OptionalDouble.empty();
  }
}
