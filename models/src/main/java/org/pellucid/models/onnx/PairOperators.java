package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Broadcast;
import org.pellucid.engine.ops.Elementwise;
import org.pellucid.engine.ops.Exp;
import org.pellucid.engine.ops.Log;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Select;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;

/** Functions of the elements of two or more inputs, which are broadcast by NumPy's rules. */
final class PairOperators {
  private PairOperators() {}

  /** A function on the engine. */
  private interface OnTensors {
    Tensor apply(NodeCall call, Tensor first, Tensor second);
  }

  static void addTo(Map<String, Operator> table) {
    put(table, "Add", Double::sum, (call, a, b) -> Add.apply(call.tape(), a, b));
    put(table, "Sub", (a, b) -> a - b, PairOperators::subtract);
    put(table, "Mul", (a, b) -> a * b, (call, a, b) -> Multiply.apply(call.tape(), a, b));
    table.put("Div", Operator.single(PairOperators::divide));
    table.put("Pow", Operator.single(PairOperators::power));
    table.put("Mod", Operator.single(PairOperators::modulo));
    table.put("PRelu", Operator.single(PairOperators::parametricRelu));
    table.put("Where", Operator.single(PairOperators::where));
    several(table, "Sum", Double::sum, (call, a, b) -> Add.apply(call.tape(), a, b));
    several(table, "Max", Math::max, (call, a, b) -> extreme(call, a, b, 1));
    several(table, "Min", Math::min, (call, a, b) -> extreme(call, a, b, -1));
    table.put("Mean", Operator.single(PairOperators::mean));
    compare(table, "Equal", (a, b) -> a == b ? 1 : 0);
    compare(table, "Less", (a, b) -> a < b ? 1 : 0);
    compare(table, "LessOrEqual", (a, b) -> a <= b ? 1 : 0);
    compare(table, "Greater", (a, b) -> a > b ? 1 : 0);
    compare(table, "GreaterOrEqual", (a, b) -> a >= b ? 1 : 0);
    compare(table, "And", (a, b) -> a != 0 && b != 0 ? 1 : 0);
    compare(table, "Or", (a, b) -> a != 0 || b != 0 ? 1 : 0);
    compare(table, "Xor", (a, b) -> a != 0 ^ b != 0 ? 1 : 0);
  }

  private static void put(
      Map<String, Operator> table, String name, DoubleBinaryOperator host, OnTensors function) {
    table.put(
        name, Operator.single(call -> combine(call, call.input(0), call.input(1), host, function)));
  }

  private static void several(
      Map<String, Operator> table, String name, DoubleBinaryOperator host, OnTensors function) {
    table.put(name, Operator.single(call -> folded(call, host, function)));
  }

  private static Value folded(NodeCall call, DoubleBinaryOperator host, OnTensors function) {
    return call.all().stream()
        .reduce((a, b) -> combine(call, a, b, host, function))
        .orElseThrow(() -> new IllegalArgumentException(call + " has no inputs."));
  }

  private static void compare(Map<String, Operator> table, String name, DoubleBinaryOperator host) {
    table.put(
        name,
        Operator.single(
            call -> new Known(HostMath.combine(DType.BOOL, call.known(0), call.known(1), host))));
  }

  private static Value combine(
      NodeCall call, Value a, Value b, DoubleBinaryOperator host, OnTensors function) {
    if (a instanceof Known(var first) && b instanceof Known(var second)) {
      return new Known(HostMath.combine(first.type(), first, second, host));
    }
    var pair = aligned(call, a, b);
    return pair.around(function.apply(call, pair.first(), pair.second()));
  }

  /** Two tensors whose axes mean the same from the last one on. */
  private record Pair(Tensor first, Tensor second, boolean channelsLast) {
    Value around(Tensor result) {
      return new Real(result, channelsLast);
    }
  }

  private static Pair aligned(NodeCall call, Value a, Value b) {
    var rank = Math.max(a.rank(), b.rank());
    call.checkRoom(Shapes.broadcast(a.shape(), b.shape()));
    var channelsLast =
        rank >= 3
            && (isChannelsLast(a) && a.rank() == rank || isChannelsLast(b) && b.rank() == rank);
    return channelsLast
        ? new Pair(lastOf(call, a, rank), lastOf(call, b, rank), true)
        : new Pair(ofRank(call, a, b), ofRank(call, b, a), false);
  }

  /** The engine takes a number of more axes than the other operand has for one without axes. */
  private static Tensor ofRank(NodeCall call, Value value, Value other) {
    var tensor = call.tensor(value);
    return value.rank() < other.rank() && Shapes.elements(other.shape()) == 1
        ? call.use(Reshape.apply(call.tape(), tensor, Shapes.padded(value.shape(), other.rank())))
        : tensor;
  }

  private static boolean isChannelsLast(Value value) {
    return value instanceof Real real && real.channelsLast();
  }

  /** The value with as many axes, the channels last. */
  private static Tensor lastOf(NodeCall call, Value value, int rank) {
    if (value instanceof Known(var array)) {
      return call.constant(
          array,
          List.of("channels last of", rank),
          given ->
              HostMath.transpose(
                  given.reshaped(Shapes.padded(given.shape(), rank)), Value.toChannelsLast(rank)));
    }
    if (isChannelsLast(value) && value.rank() == rank) {
      return ((Real) value).tensor();
    }
    var plain = call.tensor(value);
    var padded =
        plain.rank() == rank
            ? plain
            : call.use(Reshape.apply(call.tape(), plain, Shapes.padded(plain.shape(), rank)));
    return call.use(Transpose.apply(call.tape(), padded, Value.toChannelsLast(rank)));
  }

  private static Tensor subtract(NodeCall call, Tensor a, Tensor b) {
    return Add.apply(call.tape(), a, call.use(Scale.apply(call.tape(), b, -1)));
  }

  /** Whole numbers are divided as C does; a constant divisor becomes a factor. */
  private static Value divide(NodeCall call) {
    var a = call.input(0);
    var b = call.input(1);
    if (a instanceof Known(var first) && b instanceof Known(var second)) {
      DoubleBinaryOperator quotient =
          first.type().isFloatingPoint() ? (x, y) -> x / y : PairOperators::wholeQuotient;
      return new Known(HostMath.combine(first.type(), first, second, quotient));
    }
    var pair = aligned(call, a, b);
    var inverse =
        call.use(Elementwise.apply(call.tape(), new ElementFunction.Reciprocal(), pair.second()));
    return pair.around(Multiply.apply(call.tape(), pair.first(), inverse));
  }

  private static double wholeQuotient(double a, double b) {
    check(b != 0, "A whole number can't be divided by 0");
    return (long) a / (long) b;
  }

  private static Value power(NodeCall call) {
    var base = call.input(0);
    var exponent = call.input(1);
    if (base instanceof Known(var first) && exponent instanceof Known(var second)) {
      return new Known(HostMath.combine(first.type(), first, second, Math::pow).cast(first.type()));
    }
    if (exponent instanceof Known(var constant) && constant.elements() == 1) {
      var power = new ElementFunction.Power(constant.item());
      check(
          constant.rankAtMost(base.rank()), "The exponent of %s has more axes than its base", call);
      return call.map(0, x -> Elementwise.apply(call.tape(), power, x));
    }
    var pair = aligned(call, base, exponent);
    var logarithm = call.use(Log.apply(call.tape(), pair.first()));
    var product = call.use(Multiply.apply(call.tape(), logarithm, pair.second()));
    return pair.around(Exp.apply(call.tape(), product));
  }

  /** The remainder has the divisor's sign as in Python, with {@code fmod} the dividend's. */
  private static Value modulo(NodeCall call) {
    var first = call.known(0);
    var asInC = call.whole("fmod", 0) != 0;
    DoubleBinaryOperator remainder = asInC ? (a, b) -> a % b : (a, b) -> a - Math.floor(a / b) * b;
    check(
        !(call.input(0) instanceof Real real) || !call.tape().tracks(real.tensor()),
        "%s has no gradient here",
        call);
    return new Known(HostMath.combine(first.type(), first, call.known(1), remainder));
  }

  /** {@code max(x, 0) + slope · min(x, 0)}. */
  private static Value parametricRelu(NodeCall call) {
    var pair = aligned(call, slopeFitting(call));
    var tape = call.tape();
    var positive = call.use(Relu.apply(tape, pair.first()));
    var negative = call.use(subtract(call, pair.first(), positive));
    var sloped = call.use(Multiply.apply(tape, negative, pair.second()));
    return pair.around(Add.apply(tape, positive, sloped));
  }

  private static Pair aligned(NodeCall call, Value slope) {
    return aligned(call, call.input(0), slope);
  }

  /** Some exporters give a slope for each channel without the axes that follow. */
  private static Value slopeFitting(NodeCall call) {
    var slope = call.input(1);
    var shape = call.input(0).shape();
    var perChannel =
        slope instanceof Known(var array)
            && array.shape().length == 1
            && shape.length > 2
            && array.shape()[0] == shape[1]
            && array.shape()[0] != shape[shape.length - 1];
    if (!perChannel) {
      return slope;
    }
    var spread = new long[shape.length - 1];
    Arrays.fill(spread, 1);
    spread[0] = shape[1];
    return new Known(((Known) slope).array().reshaped(spread));
  }

  private static Value mean(NodeCall call) {
    var sum = folded(call, Double::sum, (_, a, b) -> call.use(Add.apply(call.tape(), a, b)));
    var factor = 1.0 / call.all().size();
    return sum instanceof Known(var array)
        ? new Known(array.map(x -> x * factor))
        : ((Real) sum).with(Scale.apply(call.tape(), ((Real) sum).tensor(), factor));
  }

  /** The larger one for a sign of 1, the smaller one for −1; the first among equal ones. */
  private static Tensor extreme(NodeCall call, Tensor a, Tensor b, int sign) {
    var shape = Shapes.broadcast(a.shape(), b.shape());
    ShapeOperators.checkedElements(call, shape);
    var first = stretched(call, a, shape);
    var second = stretched(call, b, shape);
    var x = first.toDoubles();
    var y = second.toDoubles();
    var condition = new int[x.length];
    Arrays.setAll(condition, i -> Double.isNaN(x[i]) || sign * x[i] >= sign * y[i] ? 1 : 0);
    return Select.apply(call.tape(), condition, first, second);
  }

  private static Tensor stretched(NodeCall call, Tensor x, long[] shape) {
    return Arrays.equals(x.shape(), shape) ? x : call.use(Broadcast.apply(call.tape(), x, shape));
  }

  private static Value where(NodeCall call) {
    var condition = call.known(0);
    var shape =
        Shapes.broadcast(
            condition.shape(), Shapes.broadcast(call.input(1).shape(), call.input(2).shape()));
    ShapeOperators.checkedElements(call, shape);
    var chosen = HostMath.broadcast(condition, shape).values();
    if (call.input(1) instanceof Known(var a) && call.input(2) instanceof Known(var b)) {
      var first = HostMath.broadcast(a, shape).values();
      var second = HostMath.broadcast(b, shape).values();
      var values = new double[chosen.length];
      Arrays.setAll(values, i -> chosen[i] != 0 ? first[i] : second[i]);
      return new Known(new NumericArray(a.type(), shape, values));
    }
    var first = stretched(call, call.tensor(1), shape);
    var second = stretched(call, call.tensor(2), shape);
    var ones = new int[chosen.length];
    Arrays.setAll(ones, i -> chosen[i] != 0 ? 1 : 0);
    return new Real(Select.apply(call.tape(), ones, first, second), false);
  }
}
