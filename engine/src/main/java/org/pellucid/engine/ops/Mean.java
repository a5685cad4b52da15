package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/** {@code y = Σ x / n} over some axes, put together from {@link Sum} and {@link Scale}. */
public final class Mean {
  private Mean() {}

  /**
   * The mean over the given axes, or over all if none is given. The axes keep a size of 1.
   *
   * @throws IllegalArgumentException if an axis doesn't exist
   */
  public static Tensor apply(Tape tape, Tensor x, int... axes) {
    var sum = Sum.apply(tape, x, axes);
    var mean = Scale.apply(tape, sum, (double) sum.elements() / x.elements());
    tape.discard(sum);
    return mean;
  }
}
