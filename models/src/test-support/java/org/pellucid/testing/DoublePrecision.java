package org.pellucid.testing;

import org.pellucid.engine.Engine;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.kernels.portable.PortableKernels;
import org.pellucid.engine.tensor.Tensor;

/**
 * Double precision that decides as exact arithmetic does.
 *
 * <p>Its rounding of 1e-16 moves no decision between different candidates, but candidates that are
 * equal in exact arithmetic, as in flat regions of an image, may get different last digits: a
 * library sums the elements at the edge of a matrix in another way. So candidates within rounding
 * of the largest count as equal here, and the first of them wins.
 */
public final class DoublePrecision {
  /** Far above the rounding of sums of a few thousand products, far below any true difference. */
  private static final double EQUAL = 1e-12;

  private DoublePrecision() {}

  /** An engine for tensors in double precision. */
  public static Engine engine() {
    return new Engine(DecidingKernels.of(new PortableKernels(), new FirstOfEqual()));
  }

  private static final class FirstOfEqual implements Decider {
    @Override
    public boolean needsSums() {
      return false;
    }

    @Override
    public void signs(double[] x, Tensor out) {}

    @Override
    public void winners(Tensor input, SlidingWindow window, Tensor winners, Tensor out) {
      var index = new WindowIndex(input, window, out);
      var x = input.toDoubles();
      var largest = out.toDoubles();
      var positions = winners.toInts();
      var scale = Distance.rootMeanSquare(x);
      for (var i = 0; i < positions.length; i++) {
        var threshold = largest[i] - EQUAL * (Math.abs(largest[i]) + scale);
        for (var position = 0; position < positions[i]; position++) {
          var candidate = index.of(i, position);
          if (candidate >= 0 && x[candidate] >= threshold) {
            positions[i] = position;
          }
        }
      }
      winners.set(positions);
    }
  }
}
