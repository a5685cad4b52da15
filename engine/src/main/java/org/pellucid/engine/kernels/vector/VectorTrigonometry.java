package org.pellucid.engine.kernels.vector;

import java.util.function.DoubleUnaryOperator;
import org.pellucid.engine.kernels.ElementFunction.Trigonometric;

/** Functions of angles and of the hyperbola with their slopes, in double precision. */
final class VectorTrigonometry {
  private VectorTrigonometry() {}

  static DoubleUnaryOperator function(Trigonometric f) {
    return switch (f) {
      case TANGENT -> StrictMath::tan;
      case ARC_SINE -> StrictMath::asin;
      case ARC_COSINE -> StrictMath::acos;
      case ARC_TANGENT -> StrictMath::atan;
      case HYPERBOLIC_SINE -> StrictMath::sinh;
      case HYPERBOLIC_COSINE -> StrictMath::cosh;
      case INVERSE_HYPERBOLIC_SINE -> VectorTrigonometry::inverseSine;
      case INVERSE_HYPERBOLIC_COSINE -> x -> StrictMath.log(x + Math.sqrt((x - 1) * (x + 1)));
      case INVERSE_HYPERBOLIC_TANGENT -> x -> 0.5 * (StrictMath.log1p(x) - StrictMath.log1p(-x));
    };
  }

  static DoubleUnaryOperator slope(Trigonometric f) {
    return switch (f) {
      case TANGENT -> x -> 1 / (StrictMath.cos(x) * StrictMath.cos(x));
      case ARC_SINE -> x -> 1 / Math.sqrt(1 - x * x);
      case ARC_COSINE -> x -> -1 / Math.sqrt(1 - x * x);
      case ARC_TANGENT -> x -> 1 / (1 + x * x);
      case HYPERBOLIC_SINE -> StrictMath::cosh;
      case HYPERBOLIC_COSINE -> StrictMath::sinh;
      case INVERSE_HYPERBOLIC_SINE -> x -> 1 / Math.sqrt(x * x + 1);
      case INVERSE_HYPERBOLIC_COSINE -> x -> 1 / Math.sqrt(x * x - 1);
      case INVERSE_HYPERBOLIC_TANGENT -> x -> 1 / (1 - x * x);
    };
  }

  /** Small numbers keep their digits and negative ones don't cancel. */
  private static double inverseSine(double x) {
    var size = Math.abs(x);
    var rest = size * size / (1 + Math.sqrt(size * size + 1));
    return Math.copySign(StrictMath.log1p(size + rest), x);
  }
}
