package org.pellucid.engine.kernels.portable;

import java.util.function.Consumer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMax;
import org.nd4j.linalg.api.ops.impl.scalar.ScalarMin;
import org.nd4j.linalg.api.ops.impl.scalar.Step;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
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
