package org.pellucid.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.pellucid.engine.Engine;
import org.pellucid.engine.kernels.portable.PortableKernels;
import org.pellucid.engine.tensor.ElementType;

/**
 * Compares a computation in single precision with the same computation in double precision, where
 * both take the same decisions.
 *
 * <p>A network of convolutions, ReLUs and max poolings is piecewise linear: which elements a ReLU
 * passes, and which element of a window is the largest, decides which weights a gradient is made
 * of. Where two candidates are nearly equal, rounding decides, and so does the order in which a
 * library sums, which depends on the processor, the library's version and the number of threads.
 * Gradients of correct implementations then differ by whole terms: one winner of the tiny food
 * classifier is 6.8e-3 of its gradient. No tolerance fits that.
 *
 * <p>So the decisions of the run in single precision are recorded and imposed on the run in double
 * precision. Two claims are checked that hold for every order of sums:
 *
 * <ol>
 *   <li>the results differ by rounding alone, so all that the first run did is right for the
 *       decisions that it took;
 *   <li>where double precision would have decided otherwise, the candidates differ by rounding
 *       alone, so these decisions are right too.
 * </ol>
 *
 * <p>That double precision agrees with a golden is a test of its own, with {@link DoublePrecision}.
 */
public final class SinglePrecision {
  private SinglePrecision() {}

  /**
   * A computation that can be repeated: it starts from the same numbers on every call and computes
   * on the calling thread's tapes and the given engine alone.
   */
  @FunctionalInterface
  public interface Computation<T> {
    /** Computes with tensors of {@code type} on {@code engine}. */
    T run(Engine engine, ElementType type);
  }

  /**
   * The results of both runs.
   *
   * @param single of the standard engine's kernels in single precision
   * @param exact of the portable kernels in double precision, with the decisions of the other run
   */
  public record Runs<T>(T single, T exact) {}

  /**
   * Runs a computation in both precisions and checks the second claim.
   *
   * @param margin the largest distance of two candidates of a decision that differs, relative to
   *     the root mean square of the tensor that they are taken from
   */
  public static <T> Runs<T> run(Computation<T> computation, double margin) {
    var decisions = new Decisions();
    var recording = DecidingKernels.of(Engine.standard().kernels(), decisions.recording());
    var single = computation.run(new Engine(recording), ElementType.FLOAT32);
    assertThat(decisions.count()).as("decisions recorded").isPositive();
    var imposing = DecidingKernels.of(new PortableKernels(), decisions.imposing());
    var exact = computation.run(new Engine(imposing), ElementType.FLOAT64);
    assertThat(decisions.remaining()).as("decisions left over").isZero();
    assertThat(decisions.widestMargin())
        .as("the widest margin at %d decisions that differ", decisions.different())
        .isLessThan(margin);
    return new Runs<>(single, exact);
  }

  /**
   * Runs a computation in both precisions and checks both claims.
   *
   * @param tolerance the largest relative distance of the results, and the largest margin as in
   *     {@link #run}
   */
  public static void check(Computation<double[]> computation, double tolerance) {
    var runs = run(computation, tolerance);
    assertThat(Distance.relative(runs.single(), runs.exact()))
        .as("the distance from double precision with the same decisions")
        .isLessThan(tolerance);
  }
}
