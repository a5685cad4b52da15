package org.pellucid.engine.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Exponential, normal distribution and hyperbolic tangent of whole vectors in single precision.
 *
 * <p>Relative errors against double precision, as the tests measure them: {@code exp} below 2e-7,
 * {@code Φ} below 6e-7 down to {@code Φ(−12)}, {@code tanh} below 4e-7. A unit in the last place is
 * 0.6e-7 to 1.2e-7.
 */
final class VectorMath {
  /** Below this exp is smaller than the smallest normal number and given as 0. */
  private static final float LEAST_EXPONENT = -87.3f;

  private static final float LOG2_E = 1.44269504f;

  /** ln 2 in two parts, of which the first has few digits so that its multiples are exact. */
  private static final float LN2_HIGH = 355f / 512;

  private static final float LN2_LOW = -2.12194440e-4f;

  /** Adding 1.5 · 2²³ leaves no room for a fraction: the sum's last bits are the rounded number. */
  private static final float ROUNDER = 0x1.8p23f;

  private static final int MANTISSA_BITS = 23;

  /** Φ(−14) is 0 in single precision. */
  private static final float FARTHEST = 14;

  private static final float CENTRE = 2.5f;
  private static final float INVERSE_ROOT_TWO_PI = 0.398942280f;

  /** tanh(10) rounds to 1. */
  private static final float TANH_END = 10;

  private VectorMath() {}

  /**
   * {@code eˣ} for {@code x ≤ 88}.
   *
   * <p>By Cody and Waite's reduction (Software Manual for the Elementary Functions, 1980): {@code x
   * = n · ln 2 + r} with {@code |r| ≤ ln 2 / 2}, where ln 2 is subtracted in two parts; then
   * Taylor's polynomial of degree 7 for {@code eʳ}, whose remainder is 5e-9, and {@code n} added to
   * the exponent bits.
   */
  static FloatVector exp(FloatVector x) {
    var clamped = x.max(LEAST_EXPONENT);
    var shifted = clamped.lanewise(VectorOperators.FMA, LOG2_E, ROUNDER);
    var n = shifted.sub(ROUNDER);
    var r = remainder(clamped, n);
    var scaled =
        exponentialMinusOne(r)
            .add(1f)
            .reinterpretAsInts()
            .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS))
            .reinterpretAsFloats();
    return scaled.blend(0f, x.compare(VectorOperators.LT, LEAST_EXPONENT));
  }

  private static FloatVector remainder(FloatVector x, FloatVector n) {
    return n.lanewise(VectorOperators.FMA, -LN2_LOW, n.lanewise(VectorOperators.FMA, -LN2_HIGH, x));
  }

  /** Taylor's polynomial of {@code eʳ − 1}. */
  private static FloatVector exponentialMinusOne(FloatVector r) {
    return Lanes.broadcast(1.0 / 5040)
        .fma(r, Lanes.broadcast(1.0 / 720))
        .fma(r, Lanes.broadcast(1.0 / 120))
        .fma(r, Lanes.broadcast(1.0 / 24))
        .fma(r, Lanes.broadcast(1.0 / 6))
        .fma(r, Lanes.broadcast(0.5))
        .fma(r, Lanes.broadcast(1))
        .mul(r);
  }

  /** {@code x · Φ(x)} with the normal distribution function Φ. */
  static FloatVector gelu(FloatVector x) {
    var t = x.abs().min(FARTHEST);
    return x.mul(distribution(x, t, bell(t)));
  }

  /** {@code Φ(x) + x · φ(x)}, the derivative of {@link #gelu}. */
  static FloatVector geluDerivative(FloatVector x) {
    var t = x.abs().min(FARTHEST);
    var bell = bell(t);
    return bell.mul(INVERSE_ROOT_TWO_PI).fma(x, distribution(x, t, bell));
  }

  /**
   * {@code exp(−t² / 2)}: the rounding error of {@code t²}, which the exponential would magnify, is
   * found by a fused multiply-add and put in afterwards.
   */
  private static FloatVector bell(FloatVector t) {
    var square = t.mul(t);
    var lost = t.fma(t, square.neg());
    var rounded = exp(square.mul(-0.5f));
    return rounded.mul(lost).lanewise(VectorOperators.FMA, -0.5f, rounded);
  }

  /**
   * {@code Φ(x)} from {@code t = |x|} and {@code exp(−t² / 2)}.
   *
   * <p>{@code Φ(−t) = exp(−t² / 2) · P(u) / (t + c)} with {@code u = (t − c) / (t + c)}, the form of
   * Shepherd and Laframboise (Mathematics of Computation 36, 1981), which keeps its relative
   * accuracy far into the tail. {@code P} interpolates at Chebyshev's points for {@code 0 ≤ t ≤
   * 13.5}, computed in double precision from the series and the continued fraction of Mills' ratio;
   * its relative error is 2e-8.
   */
  private static FloatVector distribution(FloatVector x, FloatVector t, FloatVector bell) {
    var inverse = Lanes.broadcast(1).div(t.add(CENTRE));
    var u = inverse.lanewise(VectorOperators.FMA, -2 * CENTRE, 1f);
    var p =
        Lanes.broadcast(-1.525458022e-04)
            .fma(u, Lanes.broadcast(-3.045628548e-04))
            .fma(u, Lanes.broadcast(6.806957329e-04))
            .fma(u, Lanes.broadcast(2.517068593e-03))
            .fma(u, Lanes.broadcast(-1.600096448e-03))
            .fma(u, Lanes.broadcast(-1.638404211e-02))
            .fma(u, Lanes.broadcast(9.235827947e-03))
            .fma(u, Lanes.broadcast(1.319867589e-01))
            .fma(u, Lanes.broadcast(-4.336920094e-01))
            .fma(u, Lanes.broadcast(7.066566635e-01));
    var tail = bell.mul(p).mul(inverse);
    return Lanes.broadcast(1).sub(tail).blend(tail, x.compare(VectorOperators.LT, 0f));
  }

  /**
   * {@code tanh(x) = m / (m + 2)} with {@code m = e²ˣ − 1} for {@code x ≥ 0}, odd otherwise; {@code
   * m} is put together as {@code 2ⁿ · (eʳ − 1) + (2ⁿ − 1)}, so that nothing is lost near 0.
   */
  static FloatVector tanh(FloatVector x) {
    var twice = x.abs().min(TANH_END).mul(2f);
    var shifted = twice.lanewise(VectorOperators.FMA, LOG2_E, ROUNDER);
    var n = shifted.sub(ROUNDER);
    var power =
        shifted
            .reinterpretAsInts()
            .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
            .add(Lanes.broadcast(1).reinterpretAsInts())
            .reinterpretAsFloats();
    var m = power.fma(exponentialMinusOne(remainder(twice, n)), power.sub(1f));
    var result = m.div(m.add(2f));
    return result.blend(result.neg(), x.compare(VectorOperators.LT, 0f));
  }
}
