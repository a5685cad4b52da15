package org.pellucid.engine.kernels.vector;

import java.util.function.DoubleUnaryOperator;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

/**
 * Functions of elements and their slopes.
 *
 * <p>Those made of comparisons and simple arithmetic, which stand in convolutional networks, run on
 * whole vectors: one loop for all, with a switch on the function inside. That method is too long
 * for the compiler to put it into the loop, so each of its vectors becomes an object; limits at
 * both sides, which MobileNet has after every convolution, have loops of their own. All others,
 * exponentials and trigonometry, are computed number by number in double precision.
 */
final class VectorFunctions {
  private static final long PIECE = 1 << 13;
  private static final double ROOT_PI = Math.sqrt(Math.PI);

  private final Workers workers;

  VectorFunctions(Workers workers) {
    this.workers = workers;
  }

  void apply(ElementFunction f, Tensor x, Tensor out) {
    var from = VectorKernels.address(x);
    var to = VectorKernels.address(out);
    workers.ranges(
        x.elements(),
        PIECE,
        (start, end) -> apply(f, from + start * 4, to + start * 4, end - start));
  }

  private static void apply(ElementFunction f, long x, long out, long count) {
    switch (f) {
      case ElementFunction.Relu6() -> clip(0, 6, x, out, count);
      case ElementFunction.Clip(var low, var high) ->
          clip((float) low, (float) high, x, out, count);
      case ElementFunction.Silu() -> silu(x, out, count);
      default -> {
        if (isLight(f)) {
          light(f, x, out, count);
        } else {
          each(function(f), x, out, count);
        }
      }
    }
  }

  void gradient(ElementFunction f, Tensor x, Tensor gradient, Tensor out) {
    var from = VectorKernels.address(x);
    var g = VectorKernels.address(gradient);
    var to = VectorKernels.address(out);
    workers.ranges(
        x.elements(),
        PIECE,
        (start, end) -> gradient(f, from + start * 4, g + start * 4, to + start * 4, end - start));
  }

  private static void gradient(ElementFunction f, long x, long gradient, long out, long count) {
    switch (f) {
      case ElementFunction.Relu6() -> clipSlope(0, 6, false, x, gradient, out, count);
      case ElementFunction.Clip(var low, var high) ->
          clipSlope((float) low, (float) high, true, x, gradient, out, count);
      case ElementFunction.Silu() -> siluSlope(x, gradient, out, count);
      default -> {
        if (isLight(f)) {
          lightSlope(f, x, gradient, out, count);
        } else {
          eachSlope(slope(f), x, gradient, out, count);
        }
      }
    }
  }

  private static boolean isLight(ElementFunction f) {
    return switch (f) {
      case ElementFunction.LeakyRelu _,
          ElementFunction.HardSigmoid _,
          ElementFunction.HardSwish _,
          ElementFunction.Absolute _,
          ElementFunction.SquareRoot _,
          ElementFunction.Reciprocal _,
          ElementFunction.ThresholdedRelu _ ->
          true;
      case ElementFunction.Power p -> p.exponent() == 2;
      default -> false;
    };
  }

  private static void clip(float low, float high, long x, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(Lanes.load(x + i).max(low).min(high), out + i);
    }
    if (whole < count * 4) {
      var rest = Lanes.first(count - whole / 4);
      Lanes.store(Lanes.load(x + whole, rest).max(low).min(high), out + whole, rest);
    }
  }

  /**
   * The gradient where a number is between two others, 0 elsewhere.
   *
   * @param ends whether it may be one of them
   */
  private static void clipSlope(
      float low, float high, boolean ends, long x, long gradient, long out, long count) {
    var above = ends ? VectorOperators.GE : VectorOperators.GT;
    var below = ends ? VectorOperators.LE : VectorOperators.LT;
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      var v = Lanes.load(x + i);
      var inside = v.compare(above, low).and(v.compare(below, high));
      Lanes.store(Lanes.zero().blend(Lanes.load(gradient + i), inside), out + i);
    }
    if (whole < count * 4) {
      var rest = Lanes.first(count - whole / 4);
      var v = Lanes.load(x + whole, rest);
      var inside = v.compare(above, low).and(v.compare(below, high));
      var g = Lanes.load(gradient + whole, rest);
      Lanes.store(Lanes.zero().blend(g, inside), out + whole, rest);
    }
  }

  private static void light(ElementFunction f, long x, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(light(f, Lanes.load(x + i)), out + i);
    }
    if (whole < count * 4) {
      var rest = Lanes.first(count - whole / 4);
      Lanes.store(light(f, Lanes.load(x + whole, rest)), out + whole, rest);
    }
  }

  private static FloatVector light(ElementFunction f, FloatVector x) {
    return switch (f) {
      case ElementFunction.LeakyRelu(var slope) -> x.max(0f).add(x.min(0f).mul((float) slope));
      case ElementFunction.HardSigmoid() -> sixth(x);
      case ElementFunction.HardSwish() -> sixth(x).mul(x);
      case ElementFunction.Absolute() -> x.abs();
      case ElementFunction.SquareRoot() -> x.sqrt();
      case ElementFunction.Reciprocal() -> Lanes.broadcast(1).div(x);
      case ElementFunction.ThresholdedRelu(var threshold) ->
          Lanes.zero().blend(x, x.compare(VectorOperators.GT, (float) threshold));
      case ElementFunction.Power _ -> x.mul(x);
      default -> throw new IllegalStateException();
    };
  }

  private static FloatVector sixth(FloatVector x) {
    return x.add(3f).max(0f).min(6f).div(6f);
  }

  private static void lightSlope(ElementFunction f, long x, long gradient, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(lightSlope(f, Lanes.load(x + i), Lanes.load(gradient + i)), out + i);
    }
    if (whole < count * 4) {
      var rest = Lanes.first(count - whole / 4);
      var g = Lanes.load(gradient + whole, rest);
      Lanes.store(lightSlope(f, Lanes.load(x + whole, rest), g), out + whole, rest);
    }
  }

  private static FloatVector lightSlope(ElementFunction f, FloatVector x, FloatVector g) {
    return switch (f) {
      case ElementFunction.LeakyRelu(var slope) ->
          g.mul((float) slope).blend(g, x.compare(VectorOperators.GT, 0f));
      case ElementFunction.HardSigmoid() -> inside(x, -3, 3, g.div(6f));
      case ElementFunction.HardSwish() ->
          inside(x, -3, 3, x.div(3f).add(0.5f).mul(g)).blend(g, x.compare(VectorOperators.GT, 3f));
      case ElementFunction.Absolute() ->
          Lanes.zero()
              .blend(g, x.compare(VectorOperators.GT, 0f))
              .blend(g.neg(), x.compare(VectorOperators.LT, 0f));
      case ElementFunction.SquareRoot() -> g.mul(0.5f).div(x.sqrt());
      case ElementFunction.Reciprocal() -> g.neg().div(x.mul(x));
      case ElementFunction.ThresholdedRelu(var threshold) ->
          Lanes.zero().blend(g, x.compare(VectorOperators.GT, (float) threshold));
      case ElementFunction.Power _ -> x.mul(2f).mul(g);
      default -> throw new IllegalStateException();
    };
  }

  private static FloatVector inside(FloatVector x, float low, float high, FloatVector value) {
    var open = x.compare(VectorOperators.GT, low).and(x.compare(VectorOperators.LT, high));
    return Lanes.zero().blend(value, open);
  }

  private static void silu(long x, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      var v = Lanes.load(x + i);
      Lanes.store(VectorMath.sigmoid(v).mul(v), out + i);
    }
    if (whole < count * 4) {
      var rest = Lanes.first(count - whole / 4);
      var v = Lanes.load(x + whole, rest);
      Lanes.store(VectorMath.sigmoid(v).mul(v), out + whole, rest);
    }
  }

  private static void siluSlope(long x, long gradient, long out, long count) {
    var whole = Lanes.whole(count) * 4;
    for (var i = 0L; i < whole; i += Lanes.BYTES) {
      Lanes.store(siluSlope(Lanes.load(x + i)).mul(Lanes.load(gradient + i)), out + i);
    }
    if (whole < count * 4) {
      var rest = Lanes.first(count - whole / 4);
      var slope = siluSlope(Lanes.load(x + whole, rest));
      Lanes.store(slope.mul(Lanes.load(gradient + whole, rest)), out + whole, rest);
    }
  }

  /** {@code s · (1 + x · (1 − s))} with the logistic function {@code s}. */
  private static FloatVector siluSlope(FloatVector x) {
    var s = VectorMath.sigmoid(x);
    return Lanes.broadcast(1).sub(s).mul(x).add(1f).mul(s);
  }

  private static void each(DoubleUnaryOperator f, long x, long out, long count) {
    for (var i = 0L; i < count * 4; i += 4) {
      Lanes.set(out + i, (float) f.applyAsDouble(Lanes.get(x + i)));
    }
  }

  private static void eachSlope(
      DoubleUnaryOperator slope, long x, long gradient, long out, long count) {
    for (var i = 0L; i < count * 4; i += 4) {
      Lanes.set(out + i, (float) (slope.applyAsDouble(Lanes.get(x + i)) * Lanes.get(gradient + i)));
    }
  }

  private static DoubleUnaryOperator function(ElementFunction f) {
    return switch (f) {
      case ElementFunction.Elu(var scale) -> x -> x > 0 ? x : scale * StrictMath.expm1(x);
      case ElementFunction.ErrorFunction() -> VectorFunctions::erf;
      case ElementFunction.Sine() -> StrictMath::sin;
      case ElementFunction.Cosine() -> StrictMath::cos;
      case ElementFunction.Trigonometric t -> VectorTrigonometry.function(t);
      case ElementFunction.Shrink(var threshold, var bias) ->
          x -> x > threshold ? x - bias : x < -threshold ? x + bias : 0;
      case ElementFunction.Softplus() ->
          x -> Math.max(x, 0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x)));
      case ElementFunction.Softsign() -> x -> x / (1 + Math.abs(x));
      case ElementFunction.Power(var exponent) -> x -> StrictMath.pow(x, exponent);
      case ElementFunction.Sign() -> Math::signum;
      case ElementFunction.Floor() -> Math::floor;
      case ElementFunction.Ceiling() -> Math::ceil;
      case ElementFunction.Round() -> Math::rint;
      default -> throw new IllegalStateException();
    };
  }

  private static DoubleUnaryOperator slope(ElementFunction f) {
    return switch (f) {
      case ElementFunction.Elu(var scale) -> x -> x > 0 ? 1 : scale * StrictMath.exp(x);
      case ElementFunction.ErrorFunction() -> x -> 2 / ROOT_PI * StrictMath.exp(-x * x);
      case ElementFunction.Sine() -> StrictMath::cos;
      case ElementFunction.Cosine() -> x -> -StrictMath.sin(x);
      case ElementFunction.Trigonometric t -> VectorTrigonometry.slope(t);
      case ElementFunction.Shrink(var threshold, _) -> x -> Math.abs(x) > threshold ? 1 : 0;
      case ElementFunction.Softplus() -> x -> 1 / (1 + StrictMath.exp(-x));
      case ElementFunction.Softsign() -> x -> 1 / ((1 + Math.abs(x)) * (1 + Math.abs(x)));
      case ElementFunction.Power(var exponent) ->
          x -> exponent == 0 ? 0 : exponent * StrictMath.pow(x, exponent - 1);
      case ElementFunction.Sign _,
          ElementFunction.Floor _,
          ElementFunction.Ceiling _,
          ElementFunction.Round _ ->
          _ -> 0;
      default -> throw new IllegalStateException();
    };
  }

  /**
   * The error function by its series below 2.5 and by the continued fraction of its complement
   * above (Abramowitz and Stegun, 7.1.6 and 7.1.14), to single precision and beyond.
   */
  private static double erf(double x) {
    var size = Math.abs(x);
    if (size > 6) {
      return Math.signum(x);
    }
    var square = size * size;
    if (size < 2.5) {
      var term = size;
      var sum = size;
      for (var n = 1; term > 1e-12 * sum; n++) {
        term *= 2 * square / (2 * n + 1);
        sum += term;
      }
      return Math.copySign(2 / ROOT_PI * StrictMath.exp(-square) * sum, x);
    }
    var fraction = size;
    for (var n = 24; n > 0; n--) {
      fraction = size + 0.5 * n / fraction;
    }
    return Math.copySign(1 - StrictMath.exp(-square) / (ROOT_PI * fraction), x);
  }
}
