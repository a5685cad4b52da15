package org.pellucid.engine.kernels.portable;

import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.Pow;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMax;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMin;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Abs;
import org.nd4j.linalg.api.ops.impl.transforms.same.Ceil;
import org.nd4j.linalg.api.ops.impl.transforms.same.Floor;
import org.nd4j.linalg.api.ops.impl.transforms.same.Sign;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Cos;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sin;
import org.nd4j.linalg.factory.Nd4j;
import org.pellucid.engine.kernels.ElementFunction;

/** The functions of elements and their slopes, each written to {@code out}. */
final class PortableFunctions {
  private PortableFunctions() {}

  static void apply(ElementFunction f, INDArray x, INDArray out) {
    switch (f) {
      case ElementFunction.LeakyRelu(var slope) ->
          withNegative(x, out, negative -> negative.muli(slope));
      case ElementFunction.Elu(var scale) ->
          withNegative(
              x,
              out,
              negative -> {
                Nd4jOperations.expm1(negative);
                negative.muli(scale);
              });
      case ElementFunction.Silu() -> {
        sigmoid(x, out);
        out.muli(x);
      }
      case ElementFunction.Relu6() -> clamp(x, 0, out);
      case ElementFunction.HardSigmoid() -> hardSigmoid(x, out);
      case ElementFunction.HardSwish() -> {
        hardSigmoid(x, out);
        out.muli(x);
      }
      case ElementFunction.Absolute() -> Nd4j.exec(new Abs(x, out));
      case ElementFunction.SquareRoot() -> Nd4j.exec(new Sqrt(x, out));
      case ElementFunction.Reciprocal() -> x.rdivi(1, out);
      case ElementFunction.ErrorFunction() -> Nd4j.exec(new Erf(x, out));
      case ElementFunction.Sine() -> Nd4j.exec(new Sin(x, out));
      case ElementFunction.Cosine() -> Nd4j.exec(new Cos(x, out));
      case ElementFunction.Trigonometric t -> PortableTrigonometry.apply(t, x, out);
      case ElementFunction.Shrink(var threshold, var bias) -> shrink(x, threshold, bias, out);
      case ElementFunction.Softplus() -> softplus(x, out);
      case ElementFunction.Softsign() -> softsign(x, out);
      case ElementFunction.ThresholdedRelu(var threshold) -> {
        Nd4j.exec(new Step(x, out, threshold));
        out.muli(x);
      }
      case ElementFunction.Clip(var low, var high) -> {
        Nd4j.exec(new ScalarMax(x, null, out, low));
        Nd4j.exec(new ScalarMin(out, null, out, high));
      }
      case ElementFunction.Power(var exponent) -> power(x, exponent, out);
      case ElementFunction.Sign() -> Nd4j.exec(new Sign(x, out));
      case ElementFunction.Floor() -> Nd4j.exec(new Floor(x, out));
      case ElementFunction.Ceiling() -> Nd4j.exec(new Ceil(x, out));
      case ElementFunction.Round() -> Nd4jOperations.run("rint", out, x);
    }
  }

  static void slope(ElementFunction f, INDArray x, INDArray out) {
    switch (f) {
      case ElementFunction.LeakyRelu(var slope) -> {
        Nd4j.exec(new Step(x, out, 0.0));
        out.muli(1 - slope).addi(slope);
      }
      case ElementFunction.Elu(var scale) -> eluSlope(x, scale, out);
      case ElementFunction.Silu() -> siluSlope(x, out);
      case ElementFunction.Relu6() -> inside(x, 0, 6, out);
      case ElementFunction.HardSigmoid() -> {
        inside(x, -3, 3, out);
        out.divi(6);
      }
      case ElementFunction.HardSwish() -> hardSwishSlope(x, out);
      case ElementFunction.Absolute() -> Nd4j.exec(new Sign(x, out));
      case ElementFunction.SquareRoot() -> {
        Nd4j.exec(new Sqrt(x, out));
        out.rdivi(0.5);
      }
      case ElementFunction.Reciprocal() -> {
        x.rdivi(1, out);
        out.muli(out).negi();
      }
      case ElementFunction.ErrorFunction() -> {
        x.muli(x, out).negi();
        Nd4j.exec(new Exp(out, out));
        out.muli(2 / Math.sqrt(Math.PI));
      }
      case ElementFunction.Sine() -> Nd4j.exec(new Cos(x, out));
      case ElementFunction.Cosine() -> {
        Nd4j.exec(new Sin(x, out));
        out.negi();
      }
      case ElementFunction.Trigonometric t -> PortableTrigonometry.slope(t, x, out);
      case ElementFunction.Shrink(var threshold, _) -> {
        Nd4j.exec(new Abs(x, out));
        Nd4j.exec(new Step(out, out, threshold));
      }
      case ElementFunction.Softplus() -> sigmoid(x, out);
      case ElementFunction.Softsign() -> {
        Nd4j.exec(new Abs(x, out));
        out.addi(1).rdivi(1).muli(out);
      }
      case ElementFunction.ThresholdedRelu(var threshold) -> Nd4j.exec(new Step(x, out, threshold));
      case ElementFunction.Clip(var low, var high) -> between(x, low, high, out);
      case ElementFunction.Power(var exponent) -> {
        power(x, exponent - 1, out);
        out.muli(exponent);
      }
      case ElementFunction.Sign(),
          ElementFunction.Floor(),
          ElementFunction.Ceiling(),
          ElementFunction.Round() ->
          out.assign(0);
    }
  }

  /** {@code max(x, 0) + ln(1 + exp(−|x|))}, whose parts neither overflow nor cancel. */
  private static void softplus(INDArray x, INDArray out) {
    try (var rest = Nd4jOperations.likeOf(x)) {
      Nd4j.exec(new Abs(x, rest));
      rest.negi();
      Nd4j.exec(new Exp(rest, rest));
      Nd4jOperations.log1p(rest);
      Nd4jOperations.relu(x, out);
      out.addi(rest);
    }
  }

  private static void shrink(INDArray x, double threshold, double bias, INDArray out) {
    try (var moved = Nd4jOperations.likeOf(x)) {
      Nd4j.exec(new Sign(x, moved));
      moved.muli(-bias).addi(x);
      Nd4j.exec(new Abs(x, out));
      Nd4j.exec(new Step(out, out, threshold));
      out.muli(moved);
    }
  }

  private static void softsign(INDArray x, INDArray out) {
    Nd4j.exec(new Abs(x, out));
    out.addi(1).rdivi(1).muli(x);
  }

  private static void power(INDArray x, double exponent, INDArray out) {
    if (exponent == 0) {
      out.assign(1);
    } else if (exponent == 1) {
      out.assign(x);
    } else if (exponent == 2) {
      x.muli(x, out);
    } else {
      Nd4j.exec(new Pow(x, out, exponent));
    }
  }

  /** {@code out} is 1 where {@code low ≤ x ≤ high}, else 0. */
  private static void between(INDArray x, double low, double high, INDArray out) {
    try (var above = Nd4jOperations.indicator(x.gte(low), x);
        var below = Nd4jOperations.indicator(x.lte(high), x)) {
      above.muli(below, out);
    }
  }

  /** {@code out = max(x, 0) + g(min(x, 0))}. */
  private static void withNegative(INDArray x, INDArray out, Consumer<INDArray> ofNegative) {
    try (var negative = Nd4jOperations.likeOf(x)) {
      Nd4j.exec(new ScalarMin(x, null, negative, 0.0));
      ofNegative.accept(negative);
      Nd4jOperations.relu(x, out);
      out.addi(negative);
    }
  }

  private static void sigmoid(INDArray x, INDArray out) {
    x.muli(-1, out);
    Nd4j.exec(new Exp(out, out));
    out.addi(1).rdivi(1);
  }

  private static void clamp(INDArray x, double shift, INDArray out) {
    x.addi(shift, out);
    Nd4j.exec(new ScalarMax(out, null, out, 0.0));
    Nd4j.exec(new ScalarMin(out, null, out, 6.0));
  }

  private static void hardSigmoid(INDArray x, INDArray out) {
    clamp(x, 3, out);
    out.divi(6);
  }

  /** {@code out} is 1 where {@code low < x < high}, else 0. */
  private static void inside(INDArray x, double low, double high, INDArray out) {
    try (var below = x.rsub(high)) {
      Nd4j.exec(new Step(below, below, 0.0));
      x.subi(low, out);
      Nd4j.exec(new Step(out, out, 0.0));
      out.muli(below);
    }
  }

  private static void eluSlope(INDArray x, double scale, INDArray out) {
    try (var positive = Nd4jOperations.likeOf(x)) {
      Nd4j.exec(new Step(x, positive, 0.0));
      Nd4j.exec(new ScalarMin(x, null, out, 0.0));
      Nd4j.exec(new Exp(out, out));
      try (var other = positive.rsub(1)) {
        out.muli(scale).muli(other).addi(positive);
      }
    }
  }

  /** {@code s + x · s · (1 − s)} with the logistic function {@code s}. */
  private static void siluSlope(INDArray x, INDArray out) {
    sigmoid(x, out);
    try (var rest = out.rsub(1)) {
      rest.muli(x).addi(1);
      out.muli(rest);
    }
  }

  /** {@code x / 3 + 1 / 2} between −3 and 3, then 1. */
  private static void hardSwishSlope(INDArray x, INDArray out) {
    try (var between = Nd4jOperations.likeOf(x);
        var above = x.sub(3)) {
      inside(x, -3, 3, between);
      Nd4j.exec(new Step(above, above, 0.0));
      x.divi(3, out).addi(0.5).muli(between).addi(above);
    }
  }
}
