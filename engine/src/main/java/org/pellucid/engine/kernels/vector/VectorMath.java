package org.pellucid.engine.kernels.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Exponential, normal distribution, hyperbolic tangent and logistic function of whole vectors in
 * single precision.
 *
 * <p>Relative errors against double precision, as the tests measure them: {@code exp} below 2e-7,
 * {@code Φ} below 6e-7 down to {@code Φ(−12)}, {@code tanh} below 4e-7, {@code σ} below 4e-7. A
 * unit in the last place is 0.6e-7 to 1.2e-7.
 *
 * <p>The Vector API's own functions leave their last bits open, which may then differ between
 * interpreted and compiled code; explanations must not.
 *
 * <p>The constants are whole vectors: broadcasting each where it stands makes the loops so large
 * for the compiler that it stops inlining, and then every vector passes through the heap.
 */
final class VectorMath {
  /** Below this exp is smaller than the smallest normal number and given as 0. */
  private static final FloatVector LEAST_EXPONENT = Lanes.broadcast(-87.3);

  /** Above this exp is larger than the largest number. */
  private static final FloatVector MOST_EXPONENT = Lanes.broadcast(88.72283);

  private static final FloatVector INFINITY = Lanes.broadcast(Double.POSITIVE_INFINITY);

  private static final FloatVector LOG2_E = Lanes.broadcast(1.4426950408889634);

  /** −ln 2 in two parts, of which the first has few digits so that its multiples are exact. */
  private static final FloatVector MINUS_LN2_HIGH = Lanes.broadcast(-355.0 / 512);

  private static final FloatVector MINUS_LN2_LOW = Lanes.broadcast(2.1219444005469057e-4);

  /** Adding 1.5 · 2²³ leaves no room for a fraction: the sum's last bits are the rounded number. */
  private static final FloatVector ROUNDER = Lanes.broadcast(0x1.8p23);

  private static final int MANTISSA_BITS = 23;

  private static final FloatVector ZERO = Lanes.zero();
  private static final FloatVector ONE = Lanes.broadcast(1);
  private static final FloatVector TWO = Lanes.broadcast(2);
  private static final FloatVector MINUS_HALF = Lanes.broadcast(-0.5);

  /** Taylor's coefficients of eʳ from r² on. */
  private static final FloatVector E2 = Lanes.broadcast(1.0 / 2);

  private static final FloatVector E3 = Lanes.broadcast(1.0 / 6);
  private static final FloatVector E4 = Lanes.broadcast(1.0 / 24);
  private static final FloatVector E5 = Lanes.broadcast(1.0 / 120);
  private static final FloatVector E6 = Lanes.broadcast(1.0 / 720);
  private static final FloatVector E7 = Lanes.broadcast(1.0 / 5040);

  /** Φ(−13.2) times 13.2 is below the smallest normal number, and exp(−13.2² / 2) above it. */
  private static final FloatVector FARTHEST = Lanes.broadcast(13.2);

  private static final FloatVector MINUS_INVERSE_ROOT_TWO_PI =
      Lanes.broadcast(-1 / Math.sqrt(2 * Math.PI));

  /** The centre c of the tail's variable u, and the coefficients of P(u). */
  private static final FloatVector CENTRE = Lanes.broadcast(2.5);

  private static final FloatVector MINUS_TWO_CENTRES = Lanes.broadcast(-5);
  private static final FloatVector P0 = Lanes.broadcast(7.066566635e-01);
  private static final FloatVector P1 = Lanes.broadcast(-4.336920094e-01);
  private static final FloatVector P2 = Lanes.broadcast(1.319867589e-01);
  private static final FloatVector P3 = Lanes.broadcast(9.235827947e-03);
  private static final FloatVector P4 = Lanes.broadcast(-1.638404211e-02);
  private static final FloatVector P5 = Lanes.broadcast(-1.600096448e-03);
  private static final FloatVector P6 = Lanes.broadcast(2.517068593e-03);
  private static final FloatVector P7 = Lanes.broadcast(6.806957329e-04);
  private static final FloatVector P8 = Lanes.broadcast(-3.045628548e-04);
  private static final FloatVector P9 = Lanes.broadcast(-1.525458022e-04);

  /** tanh(10) rounds to 1. */
  private static final FloatVector TANH_END = Lanes.broadcast(10);

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
    return inRange(x.max(LEAST_EXPONENT))
        .blend(ZERO, x.compare(VectorOperators.LT, LEAST_EXPONENT));
  }

  /** {@code eˣ} for any {@code x}: infinite where it is larger than the largest number. */
  static FloatVector expOrInfinity(FloatVector x) {
    return exp(x.min(MOST_EXPONENT)).blend(INFINITY, x.compare(VectorOperators.GT, MOST_EXPONENT));
  }

  private static FloatVector inRange(FloatVector x) {
    var shifted = x.fma(LOG2_E, ROUNDER);
    return exponentialMinusOne(remainder(x, shifted.sub(ROUNDER)))
        .add(ONE)
        .reinterpretAsInts()
        .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS))
        .reinterpretAsFloats();
  }

  private static FloatVector remainder(FloatVector x, FloatVector n) {
    return n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, x));
  }

  /** Taylor's polynomial of {@code eʳ − 1}. */
  private static FloatVector exponentialMinusOne(FloatVector r) {
    return E7.fma(r, E6).fma(r, E5).fma(r, E4).fma(r, E3).fma(r, E2).fma(r, ONE).mul(r);
  }

  /**
   * {@code x · Φ(x)} with the normal distribution function Φ, as {@code max(x, 0) − |x| · Φ(−|x|)}.
   */
  static FloatVector gelu(FloatVector x) {
    var t = x.abs().min(FARTHEST);
    return x.max(ZERO).sub(tail(t, bell(t)).mul(t));
  }

  /**
   * {@code Φ(x) + x · φ(x)}, the derivative of {@link #gelu}; absolute error below 3e-7. It passes
   * through 0, so that relative accuracy in the tail is of no use here.
   */
  static FloatVector geluDerivative(FloatVector x) {
    var t = x.abs().min(FARTHEST);
    var bell = inRange(t.mul(t).mul(MINUS_HALF));
    var below = t.mul(MINUS_INVERSE_ROOT_TWO_PI).fma(bell, tail(t, bell));
    return ONE.sub(below).blend(below, x.compare(VectorOperators.LT, ZERO));
  }

  /**
   * {@code exp(−t² / 2)}: the rounding error of {@code t²}, which the exponential would magnify, is
   * found by a fused multiply-add and put in afterwards.
   */
  private static FloatVector bell(FloatVector t) {
    var square = t.mul(t);
    var lost = t.fma(t, square.neg());
    var rounded = inRange(square.mul(MINUS_HALF));
    return rounded.mul(lost).fma(MINUS_HALF, rounded);
  }

  /**
   * {@code Φ(−t)} for {@code 0 ≤ t ≤ 13.2} from {@code exp(−t² / 2)}.
   *
   * <p>{@code Φ(−t) = exp(−t² / 2) · P(u) / (t + c)} with {@code u = (t − c) / (t + c)}, the form
   * of Shepherd and Laframboise (Mathematics of Computation 36, 1981), which keeps its relative
   * accuracy far into the tail. {@code P} interpolates at Chebyshev's points for {@code 0 ≤ t ≤
   * 13.5}, computed in double precision from the series and the continued fraction of Mills' ratio;
   * its relative error is 2e-8.
   */
  private static FloatVector tail(FloatVector t, FloatVector bell) {
    var inverse = ONE.div(t.add(CENTRE));
    var u = inverse.fma(MINUS_TWO_CENTRES, ONE);
    var p =
        P9.fma(u, P8)
            .fma(u, P7)
            .fma(u, P6)
            .fma(u, P5)
            .fma(u, P4)
            .fma(u, P3)
            .fma(u, P2)
            .fma(u, P1)
            .fma(u, P0);
    return bell.mul(p).mul(inverse);
  }

  /**
   * {@code tanh(x) = m / (m + 2)} with {@code m = e²ˣ − 1} for {@code x ≥ 0}, odd otherwise; {@code
   * m} is put together as {@code 2ⁿ · (eʳ − 1) + (2ⁿ − 1)}, so that nothing is lost near 0.
   */
  static FloatVector tanh(FloatVector x) {
    var twice = x.abs().min(TANH_END).mul(TWO);
    var shifted = twice.fma(LOG2_E, ROUNDER);
    var n = shifted.sub(ROUNDER);
    var power =
        shifted
            .reinterpretAsInts()
            .lanewise(VectorOperators.LSHL, MANTISSA_BITS)
            .add(ONE.reinterpretAsInts())
            .reinterpretAsFloats();
    var m = power.fma(exponentialMinusOne(remainder(twice, n)), power.sub(ONE));
    var result = m.div(m.add(TWO));
    return result.blend(result.neg(), x.compare(VectorOperators.LT, ZERO));
  }

  /**
   * {@code 1 / (1 + e⁻ˣ)}, by {@code e = exp(−|x|)} as {@code 1 / (1 + e)} or {@code e / (1 + e)}.
   */
  static FloatVector sigmoid(FloatVector x) {
    var e = exp(x.abs().neg());
    return ONE.blend(e, x.compare(VectorOperators.LT, ZERO)).div(e.add(ONE));
  }
}
