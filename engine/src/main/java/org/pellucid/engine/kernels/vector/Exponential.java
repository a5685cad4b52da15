package org.pellucid.engine.kernels.vector;

import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;

/**
 * The exponential function of numbers that are not positive, with a relative error below 2e-7.
 *
 * <p>The Vector API's own {@code EXP} leaves its last bits open, which may then differ between
 * interpreted and compiled code; explanations must not. Here {@code x = n · log 2 + r} with an
 * integer {@code n} and {@code |r| ≤ log(2) / 2}, where {@code log 2} is subtracted in two parts
 * (Cody and Waite, 1980), Taylor's polynomial of degree 7 gives {@code exp(r)}, and {@code n} is
 * added to its exponent.
 */
final class Exponential {
  private static final float LOG2_UPPER = 0x1.62e4p-1f;
  private static final float LOG2_LOWER = (float) (Math.log(2) - LOG2_UPPER);

  /** Adding it rounds to an integer, which then stands in the lowest bits. */
  private static final float ROUNDER = 0x1.8p23f;

  /** Below it the result is no normal number and becomes 0. */
  private static final float LEAST = -87.33f;

  private static final float[] TAYLOR = {
    1 / 5040f, 1 / 720f, 1 / 120f, 1 / 24f, 1 / 6f, 1 / 2f, 1, 1
  };

  private Exponential() {}

  static FloatVector of(FloatVector x) {
    var clamped = x.max(LEAST);
    var rounded = clamped.fma(Lanes.broadcast(1 / Math.log(2)), Lanes.broadcast(ROUNDER));
    var n = rounded.sub(ROUNDER);
    var r = n.fma(Lanes.broadcast(-LOG2_UPPER), clamped);
    r = n.fma(Lanes.broadcast(-LOG2_LOWER), r);
    var y = Lanes.broadcast(TAYLOR[0]);
    for (var i = 1; i < TAYLOR.length; i++) {
      y = y.fma(r, Lanes.broadcast(TAYLOR[i]));
    }
    var exponent = rounded.reinterpretAsInts().lanewise(LSHL, 23);
    var result = y.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    return result.blend(0f, x.compare(LT, LEAST));
  }
}
