package org.pellucid.bench.work;

/** Whether two contenders computed the same. */
public final class Agreement {
  private Agreement() {}

  /** {@code √(Σ (value − reference)² / Σ reference²)}; infinite if a value is not finite. */
  public static double relativeError(float[] values, float[] reference) {
    if (values.length != reference.length) {
      return Double.POSITIVE_INFINITY;
    }
    var error = 0.0;
    var norm = 0.0;
    for (var i = 0; i < values.length; i++) {
      var difference = (double) values[i] - reference[i];
      error += difference * difference;
      norm += (double) reference[i] * reference[i];
    }
    var relative = Math.sqrt(error / norm);
    return Double.isNaN(relative) ? Double.POSITIVE_INFINITY : relative;
  }

  /**
   * Throws unless two answers agree within the workload's tolerance.
   *
   * @throws IllegalStateException naming the workload, the contenders and the difference
   */
  public static void check(
      Workload workload, String name, float[] values, String other, float[] reference) {
    var error = relativeError(values, reference);
    if (!(error <= workload.tolerance())) {
      throw new IllegalStateException(
          "%s: %s (%d values) and %s (%d values) differ by %.2g, more than %.2g; nothing was timed."
              .formatted(
                  workload.name(),
                  name,
                  values.length,
                  other,
                  reference.length,
                  error,
                  workload.tolerance()));
    }
  }
}
