package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.kernels.ElementFunction.Trigonometric;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Elementwise;
import org.pellucid.engine.ops.Elu;
import org.pellucid.engine.ops.Exp;
import org.pellucid.engine.ops.Gelu;
import org.pellucid.engine.ops.HardSigmoid;
import org.pellucid.engine.ops.HardSwish;
import org.pellucid.engine.ops.LeakyRelu;
import org.pellucid.engine.ops.Log;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.Relu6;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Sigmoid;
import org.pellucid.engine.ops.Tanh;
import org.pellucid.engine.ops.TanhGelu;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.weights.DType;

/** Functions of each element. */
final class ElementOperators {
  /** The fixed point's numbers (Klambauer et al., 2017), of which ONNX names the rounded ones. */
  private static final double SELU_ALPHA = 1.6732632423543772;

  private static final double SELU_GAMMA = 1.0507009873554805;

  private static final Map<String, Trigonometric> TRIGONOMETRIC =
      Map.of(
          "Tan", Trigonometric.TANGENT,
          "Asin", Trigonometric.ARC_SINE,
          "Acos", Trigonometric.ARC_COSINE,
          "Atan", Trigonometric.ARC_TANGENT,
          "Sinh", Trigonometric.HYPERBOLIC_SINE,
          "Cosh", Trigonometric.HYPERBOLIC_COSINE,
          "Asinh", Trigonometric.INVERSE_HYPERBOLIC_SINE,
          "Acosh", Trigonometric.INVERSE_HYPERBOLIC_COSINE,
          "Atanh", Trigonometric.INVERSE_HYPERBOLIC_TANGENT);

  private ElementOperators() {}

  /** A function on the engine. */
  private interface OnTensors {
    Tensor apply(NodeCall call, Tape tape, Tensor x);
  }

  /** The function of one number, with the attributes of a call. */
  private interface OnHost {
    DoubleUnaryOperator of(NodeCall call);
  }

  static void addTo(Map<String, Operator> table) {
    put(table, "Identity", _ -> x -> x, (_, tape, x) -> same(tape, x));
    table.put("Dropout", ElementOperators::dropout);
    put(table, "Neg", _ -> x -> -x, (_, tape, x) -> Scale.apply(tape, x, -1));
    put(table, "Exp", _ -> Math::exp, (_, tape, x) -> Exp.apply(tape, x));
    put(table, "Log", _ -> Math::log, (_, tape, x) -> Log.apply(tape, x));
    put(table, "Relu", _ -> x -> Math.max(x, 0), (_, tape, x) -> Relu.apply(tape, x));
    put(table, "Tanh", _ -> Math::tanh, (_, tape, x) -> Tanh.apply(tape, x));
    put(table, "Sigmoid", _ -> x -> 1 / (1 + Math.exp(-x)), (_, tape, x) -> Sigmoid.apply(tape, x));
    function(table, "Abs", Math::abs, new ElementFunction.Absolute());
    function(table, "Sqrt", Math::sqrt, new ElementFunction.SquareRoot());
    function(table, "Reciprocal", x -> 1 / x, new ElementFunction.Reciprocal());
    function(table, "Sin", Math::sin, new ElementFunction.Sine());
    function(table, "Cos", Math::cos, new ElementFunction.Cosine());
    for (var trigonometric : TRIGONOMETRIC.entrySet()) {
      onTensors(
          table,
          trigonometric.getKey(),
          (_, tape, x) -> function(tape, x, trigonometric.getValue()));
    }
    function(table, "Sign", Math::signum, new ElementFunction.Sign());
    function(table, "Floor", Math::floor, new ElementFunction.Floor());
    function(table, "Ceil", Math::ceil, new ElementFunction.Ceiling());
    function(table, "Round", Math::rint, new ElementFunction.Round());
    put(table, "Not", _ -> x -> x == 0 ? 1 : 0);
    put(table, "IsNaN", _ -> x -> Double.isNaN(x) ? 1 : 0);
    put(table, "IsInf", ElementOperators::isInfinite);
    onTensors(
        table,
        "Shrink",
        (call, tape, x) ->
            function(
                tape,
                x,
                new ElementFunction.Shrink(call.number("lambd", 0.5), call.number("bias", 0))));
    onTensors(table, "Erf", (_, tape, x) -> function(tape, x, new ElementFunction.ErrorFunction()));
    onTensors(table, "Softplus", (_, tape, x) -> function(tape, x, new ElementFunction.Softplus()));
    onTensors(table, "Softsign", (_, tape, x) -> function(tape, x, new ElementFunction.Softsign()));
    onTensors(table, "HardSwish", (_, tape, x) -> HardSwish.apply(tape, x));
    onTensors(table, "HardSigmoid", ElementOperators::hardSigmoid);
    onTensors(
        table,
        "LeakyRelu",
        (call, tape, x) -> LeakyRelu.apply(tape, x, call.number("alpha", 0.01)));
    onTensors(table, "Elu", (call, tape, x) -> Elu.apply(tape, x, call.number("alpha", 1)));
    onTensors(table, "Selu", ElementOperators::selu);
    onTensors(table, "Celu", ElementOperators::celu);
    onTensors(table, "Mish", ElementOperators::mish);
    onTensors(
        table,
        "ThresholdedRelu",
        (call, tape, x) ->
            function(tape, x, new ElementFunction.ThresholdedRelu(call.number("alpha", 1))));
    onTensors(
        table,
        "Gelu",
        (call, tape, x) ->
            call.text("approximate", "none").equals("tanh")
                ? TanhGelu.apply(tape, x)
                : Gelu.apply(tape, x));
    table.put("Clip", Operator.single(ElementOperators::clip));
  }

  /** In evaluation nothing is dropped, and the mask says so. */
  private static List<Value> dropout(NodeCall call) {
    var same =
        call.input(0) instanceof Known known ? known : call.map(0, x -> same(call.tape(), x));
    if (!call.wants(1)) {
      return List.of(same);
    }
    var shape = call.input(0).shape();
    var ones = new double[ShapeOperators.checkedElements(call, shape)];
    Arrays.fill(ones, 1);
    return List.of(same, new Known(new NumericArray(DType.BOOL, shape, ones)));
  }

  private static Tensor same(Tape tape, Tensor x) {
    return Reshape.apply(tape, x, x.shape());
  }

  private static Tensor function(Tape tape, Tensor x, ElementFunction function) {
    return Elementwise.apply(tape, function, x);
  }

  private static void function(
      Map<String, Operator> table, String name, DoubleUnaryOperator host, ElementFunction f) {
    put(table, name, _ -> host, (_, tape, x) -> Elementwise.apply(tape, f, x));
  }

  /** A function that is known to the heap as well, where constants and shapes are computed. */
  private static void put(
      Map<String, Operator> table, String name, OnHost onHost, OnTensors onTensors) {
    table.put(
        name,
        Operator.single(
            call ->
                call.input(0) instanceof Known(var array)
                    ? new Known(array.map(onHost.of(call)))
                    : call.map(0, x -> onTensors.apply(call, call.tape(), x))));
  }

  /** A function of truth values or with them as its results. */
  private static void put(Map<String, Operator> table, String name, OnHost onHost) {
    table.put(
        name,
        Operator.single(call -> new Known(call.known(0).map(onHost.of(call)).cast(DType.BOOL))));
  }

  private static void onTensors(Map<String, Operator> table, String name, OnTensors function) {
    table.put(
        name, Operator.single(call -> call.map(0, x -> function.apply(call, call.tape(), x))));
  }

  private static DoubleUnaryOperator isInfinite(NodeCall call) {
    var negative = call.whole("detect_negative", 1) != 0;
    var positive = call.whole("detect_positive", 1) != 0;
    return x -> Double.isInfinite(x) && (x < 0 ? negative : positive) ? 1 : 0;
  }

  /** {@code max(0, min(1, alpha · x + beta))}. */
  private static Tensor hardSigmoid(NodeCall call, Tape tape, Tensor x) {
    if (Math.abs(call.number("alpha", 0.2) - 1.0 / 6) < 1e-7 && call.number("beta", 0.5) == 0.5) {
      return HardSigmoid.apply(tape, x);
    }
    var scaled = call.use(Scale.apply(tape, x, call.number("alpha", 0.2)));
    var moved = call.use(Add.apply(tape, scaled, call.scalar(call.number("beta", 0.5))));
    return function(tape, moved, new ElementFunction.Clip(0, 1));
  }

  private static Tensor selu(NodeCall call, Tape tape, Tensor x) {
    var elu = call.use(Elu.apply(tape, x, call.number("alpha", SELU_ALPHA)));
    return Scale.apply(tape, elu, call.number("gamma", SELU_GAMMA));
  }

  /** {@code max(0, x) + min(0, a · (exp(x / a) − 1))}, which is {@code a · elu(x / a)}. */
  private static Tensor celu(NodeCall call, Tape tape, Tensor x) {
    var alpha = call.number("alpha", 1);
    check(alpha > 0, "The alpha of %s is %s, which is not above 0", call, alpha);
    var elu = call.use(Elu.apply(tape, call.use(Scale.apply(tape, x, 1 / alpha)), 1));
    return Scale.apply(tape, elu, alpha);
  }

  private static Tensor mish(NodeCall call, Tape tape, Tensor x) {
    var softplus = call.use(function(tape, x, new ElementFunction.Softplus()));
    return Multiply.apply(tape, x, call.use(Tanh.apply(tape, softplus)));
  }

  /** Bounds are attributes before version 11, then inputs that may be left out. */
  private static Value clip(NodeCall call) {
    var low = call.has(1) ? call.known(1).item() : call.number("min", Double.NEGATIVE_INFINITY);
    var high = call.has(2) ? call.known(2).item() : call.number("max", Double.POSITIVE_INFINITY);
    return call.input(0) instanceof Known(var array)
        ? new Known(array.map(x -> Math.min(Math.max(x, low), high)))
        : call.map(0, x -> clip(call.tape(), x, low, high));
  }

  /** Bounds that make a rectifier are that operation, for which explanations have rules. */
  private static Tensor clip(Tape tape, Tensor x, double low, double high) {
    if (low == 0 && high == 6) {
      return Relu6.apply(tape, x);
    }
    return low == 0 && high == Double.POSITIVE_INFINITY
        ? Relu.apply(tape, x)
        : function(tape, x, new ElementFunction.Clip(low, high));
  }
}
