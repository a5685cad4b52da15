package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.LogSoftmax;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;

/** What runs along an axis and leaves as many numbers as there were. */
final class AxisOperators {
  private AxisOperators() {}

  static void addTo(Map<String, Operator> table) {
    table.put("CumSum", Operator.single(AxisOperators::cumulativeSum));
    table.put("Softmax", Operator.single(call -> alongRows(call, Softmax::apply)));
    table.put("LogSoftmax", Operator.single(call -> alongRows(call, LogSoftmax::apply)));
    table.put("Hardmax", Operator.single(AxisOperators::hardmax));
  }

  /** 1 at the largest number of a row, the first among equals, and 0 elsewhere. */
  private static Value hardmax(NodeCall call) {
    var array = call.known(0);
    var shape = array.shape();
    var axis = Value.axis(call.whole("axis", call.opset() < 13 ? 1 : -1), shape.length);
    var joined = call.opset() < 13;
    var length =
        joined ? Shapes.elements(Arrays.copyOfRange(shape, axis, shape.length)) : shape[axis];
    var stride = joined ? 1 : Shapes.strides(shape)[axis];
    var x = array.values();
    var y = new double[x.length];
    for (var start = 0; start < x.length; start++) {
      if (start / stride % length == 0) {
        var best = start;
        for (var k = 1L; k < length; k++) {
          var at = (int) (start + k * stride);
          best = x[at] > x[best] ? at : best;
        }
        y[best] = 1;
      }
    }
    return new Known(new NumericArray(array.type(), shape, y));
  }

  /** On the engine a product with a triangle of ones. */
  private static Value cumulativeSum(NodeCall call) {
    var shape = call.input(0).shape();
    var axis = Value.axis((long) call.known(1).item(), shape.length);
    var exclusive = call.whole("exclusive", 0) != 0;
    var reverse = call.whole("reverse", 0) != 0;
    if (call.input(0) instanceof Known(var array)) {
      return new Known(summed(array, axis, exclusive, reverse));
    }
    var length = Math.toIntExact(shape[axis]);
    check(length <= 1 << 13, "%s sums along %d positions, too many", call, length);
    ShapeOperators.checkedElements(call, length, length);
    var triangle = new double[length * length];
    for (var out = 0; out < length; out++) {
      for (var in = 0; in < length; in++) {
        var counts = in == out ? !exclusive : reverse ? in > out : in < out;
        triangle[out * length + in] = counts ? 1 : 0;
      }
    }
    var weight =
        call.constant(
            new NumericArray(DType.F64, new long[] {length, length}, triangle), "sum", a -> a);
    return new Real(alongAxis(call, call.tensor(0), axis, weight), false);
  }

  private static NumericArray summed(
      NumericArray array, int axis, boolean exclusive, boolean reverse) {
    var length = array.shape()[axis];
    var stride = Shapes.strides(array.shape())[axis];
    var from = array.values();
    var values = new double[from.length];
    for (var line = 0; line < values.length; line++) {
      if (line / stride % length == 0) {
        var sum = 0.0;
        for (var k = 0L; k < length; k++) {
          var at = (int) (line + (reverse ? length - 1 - k : k) * stride);
          values[at] = exclusive ? sum : sum + from[at];
          sum += from[at];
        }
      }
    }
    return new NumericArray(array.type(), array.shape(), values);
  }

  /** A linear map along one axis: {@code weight} is {@code [output length, input length]}. */
  static Tensor alongAxis(NodeCall call, Tensor x, int axis, Tensor weight) {
    var tape = call.tape();
    var last = x.rank() - 1;
    var swap = IntStream.range(0, x.rank()).toArray();
    swap[axis] = last;
    swap[last] = axis;
    var moved = axis == last ? x : call.use(Transpose.apply(tape, x, swap));
    var none = new double[(int) weight.size(0)];
    var bias =
        call.constant(
            new NumericArray(DType.F64, new long[] {none.length}, none), "no bias", a -> a);
    var y = Linear.apply(tape, moved, weight, bias);
    return axis == last ? y : Transpose.apply(tape, call.use(y), swap);
  }

  private interface RowFunction {
    Tensor apply(Tape tape, Tensor x);
  }

  /** Before version 13 all axes from the given one on are one row, since then it alone is. */
  private static Value alongRows(NodeCall call, RowFunction function) {
    var rank = call.input(0).rank();
    var axis = Value.axis(call.whole("axis", call.opset() < 13 ? 1 : -1), rank);
    if (call.opset() >= 13 && call.input(0) instanceof Real real && real.stored(axis) == rank - 1) {
      return real.with(function.apply(call.tape(), real.tensor()));
    }
    var x = call.tensor(0);
    if (call.opset() < 13) {
      var rows = Shapes.elements(Arrays.copyOf(x.shape(), axis));
      var flat = call.use(Reshape.apply(call.tape(), x, rows, x.elements() / rows));
      var y = call.use(function.apply(call.tape(), flat));
      return new Real(Reshape.apply(call.tape(), y, x.shape()), false);
    }
    if (axis == rank - 1) {
      return new Real(function.apply(call.tape(), x), false);
    }
    var swap = IntStream.range(0, rank).toArray();
    swap[axis] = rank - 1;
    swap[rank - 1] = axis;
    var moved = call.use(Transpose.apply(call.tape(), x, swap));
    var y = call.use(function.apply(call.tape(), moved));
    return new Real(Transpose.apply(call.tape(), y, swap), false);
  }
}
