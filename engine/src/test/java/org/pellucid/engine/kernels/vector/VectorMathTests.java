package org.pellucid.engine.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleUnaryOperator;
import java.util.function.UnaryOperator;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/** The elementary functions against double precision. */
@NeedsVectorKernels
class VectorMathTests {
  private static final double ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

  private static float one(UnaryOperator<FloatVector> function, float x) {
    return function.apply(FloatVector.broadcast(Lanes.SPECIES, x)).lane(0);
  }

  private static double largestError(
      UnaryOperator<FloatVector> function,
      DoubleUnaryOperator exact,
      double from,
      double to,
      boolean relative) {
    var worst = 0.0;
    for (var i = 0; i <= 100_000; i++) {
      var x = (float) (from + (to - from) * i / 100_000);
      var expected = exact.applyAsDouble(x);
      var error = Math.abs(one(function, x) - expected);
      worst = Math.max(worst, relative && expected != 0 ? error / Math.abs(expected) : error);
    }
    return worst;
  }

  /**
   * {@code Φ(x)}: near 0 by the series of Abramowitz and Stegun 26.2.11, in the tails by the
   * continued fraction 26.2.14.
   */
  private static double normal(double x) {
    var t = Math.abs(x);
    var density = Math.exp(-t * t / 2) / ROOT_TWO_PI;
    var tail = 0.0;
    if (t < 2) {
      var term = t;
      var sum = t;
      for (var k = 1; k < 60; k++) {
        term *= t * t / (2 * k + 1);
        sum += term;
      }
      tail = 0.5 - density * sum;
    } else {
      var fraction = t;
      for (var k = 200; k >= 1; k--) {
        fraction = t + k / fraction;
      }
      tail = density / fraction;
    }
    return x < 0 ? tail : 1 - tail;
  }

  @Test
  void raisesE() {
    assertThat(largestError(VectorMath::exp, Math::exp, -87.3, 10, true)).isLessThan(2e-7);
    assertThat(one(VectorMath::exp, 0)).isEqualTo(1);
    assertThat(one(VectorMath::exp, -88)).isZero();
    assertThat(one(VectorMath::exp, -Float.MAX_VALUE)).isZero();
    assertThat(one(VectorMath::exp, Float.NEGATIVE_INFINITY)).isZero();
    assertThat(one(VectorMath::exp, Float.NaN)).isNaN();
  }

  @Test
  void keepsTheDigitsOfGeluFarIntoTheTail() {
    assertThat(largestError(VectorMath::gelu, x -> x * normal(x), -12, 20, true)).isLessThan(6e-7);
    assertThat(one(VectorMath::gelu, 0)).isZero();
    assertThat(one(VectorMath::gelu, 1e30f)).isEqualTo(1e30f);
    assertThat(Math.abs(one(VectorMath::gelu, -1e30f))).isLessThan(1e-37f);
    assertThat(one(VectorMath::gelu, Float.NaN)).isNaN();
  }

  @Test
  void differentiatesGelu() {
    DoubleUnaryOperator exact = x -> normal(x) + x * Math.exp(-x * x / 2) / ROOT_TWO_PI;
    assertThat(largestError(VectorMath::geluDerivative, exact, -20, 20, false)).isLessThan(3e-7);
  }

  @Test
  void takesTheHyperbolicTangent() {
    assertThat(largestError(VectorMath::tanh, Math::tanh, -12, 12, true)).isLessThan(4e-7);
    assertThat(largestError(VectorMath::tanh, Math::tanh, -1e-3, 1e-3, true)).isLessThan(4e-7);
    assertThat(one(VectorMath::tanh, 1e-20f)).isEqualTo(1e-20f);
    assertThat(one(VectorMath::tanh, Float.NEGATIVE_INFINITY)).isEqualTo(-1);
    assertThat(one(VectorMath::tanh, Float.NaN)).isNaN();
  }

  @Test
  void computesTheLogisticFunction() {
    DoubleUnaryOperator exact = x -> 1 / (1 + Math.exp(-x));
    assertThat(largestError(VectorMath::sigmoid, exact, -87, 20, true)).isLessThan(4e-7);
    assertThat(one(VectorMath::sigmoid, 0)).isEqualTo(0.5f);
    assertThat(one(VectorMath::sigmoid, Float.NEGATIVE_INFINITY)).isZero();
    assertThat(one(VectorMath::sigmoid, Float.MAX_VALUE)).isEqualTo(1);
    assertThat(one(VectorMath::sigmoid, Float.NaN)).isNaN();
  }

  @Test
  void raisesEUpToInfinity() {
    assertThat(largestError(VectorMath::expOrInfinity, Math::exp, -87.3, 88.7228, true))
        .isLessThan(2e-7);
    assertThat(one(VectorMath::expOrInfinity, 88.73f)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(one(VectorMath::expOrInfinity, Float.MAX_VALUE)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(one(VectorMath::expOrInfinity, Float.NEGATIVE_INFINITY)).isZero();
    assertThat(one(VectorMath::expOrInfinity, Float.NaN)).isNaN();
  }
}
