package org.pellucid.models.onnx;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Elementwise;
import org.pellucid.engine.ops.Exp;
import org.pellucid.engine.ops.Log;
import org.pellucid.engine.ops.MaxPool2d;
import org.pellucid.engine.ops.Mean;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.ops.Sum;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;

/** What makes one number of many along some axes. */
final class ReductionOperators {
  private static final int LONGEST_FACTOR = 32;

  private ReductionOperators() {}

  /** A reduction on the engine, whose axes keep a size of 1. */
  private interface OnTensors {
    Tensor apply(NodeCall call, Tensor x, int[] axes);
  }

  /** A reduction on the heap: each number, how they are put together, and what ends it. */
  private record OnHost(
      double start, DoubleUnaryOperator each, DoubleBinaryOperator together, Ending ending) {
    private interface Ending {
      double apply(double result, long count);
    }

    static OnHost of(double start, DoubleBinaryOperator together) {
      return new OnHost(start, x -> x, together, (result, _) -> result);
    }
  }

  static void addTo(Map<String, Operator> table) {
    put(
        table,
        "ReduceSum",
        OnHost.of(0, Double::sum),
        (call, x, axes) -> Sum.apply(call.tape(), x, axes));
    put(
        table,
        "ReduceMean",
        new OnHost(0, x -> x, Double::sum, (sum, count) -> sum / count),
        (call, x, axes) -> Mean.apply(call.tape(), x, axes));
    put(
        table,
        "ReduceMax",
        OnHost.of(Double.NEGATIVE_INFINITY, Math::max),
        ReductionOperators::largest);
    put(
        table,
        "ReduceMin",
        OnHost.of(Double.POSITIVE_INFINITY, Math::min),
        ReductionOperators::smallest);
    put(table, "ReduceProd", OnHost.of(1, (a, b) -> a * b), ReductionOperators::product);
    put(
        table,
        "ReduceL1",
        new OnHost(0, Math::abs, Double::sum, (sum, _) -> sum),
        (call, x, axes) -> sumOf(call, x, axes, new ElementFunction.Absolute()));
    put(
        table,
        "ReduceSumSquare",
        new OnHost(0, x -> x * x, Double::sum, (sum, _) -> sum),
        (call, x, axes) -> sumOf(call, x, axes, new ElementFunction.Power(2)));
    put(
        table,
        "ReduceL2",
        new OnHost(0, x -> x * x, Double::sum, (sum, _) -> Math.sqrt(sum)),
        (call, x, axes) ->
            Elementwise.apply(
                call.tape(),
                new ElementFunction.SquareRoot(),
                call.use(sumOf(call, x, axes, new ElementFunction.Power(2)))));
    put(
        table,
        "ReduceLogSum",
        new OnHost(0, x -> x, Double::sum, (sum, _) -> Math.log(sum)),
        (call, x, axes) -> Log.apply(call.tape(), call.use(Sum.apply(call.tape(), x, axes))));
    put(
        table,
        "ReduceLogSumExp",
        new OnHost(0, Math::exp, Double::sum, (sum, _) -> Math.log(sum)),
        ReductionOperators::logSumExp);
    table.put("ArgMax", Operator.single(call -> position(call, 1)));
    table.put("ArgMin", Operator.single(call -> position(call, -1)));
  }

  private static void put(
      Map<String, Operator> table, String name, OnHost onHost, OnTensors onTensors) {
    table.put(name, Operator.single(call -> reduced(call, onHost, onTensors)));
  }

  private static Value reduced(NodeCall call, OnHost onHost, OnTensors onTensors) {
    var value = call.input(0);
    var shape = value.shape();
    var given = call.wholes("axes", 1).orElse(new long[0]);
    if (given.length == 0 && call.whole("noop_with_empty_axes", 0) != 0) {
      return value instanceof Known ? value : call.map(0, x -> same(call, x));
    }
    var axes =
        given.length == 0
            ? IntStream.range(0, shape.length).toArray()
            : Arrays.stream(given).mapToInt(axis -> Value.axis(axis, shape.length)).toArray();
    var kept = shape.clone();
    for (var axis : axes) {
      kept[axis] = 1;
    }
    var result = call.whole("keepdims", 1) != 0 ? kept : without(kept, axes);
    if (value instanceof Known(var array)) {
      return new Known(new NumericArray(array.type(), result, onHost(array, kept, onHost)));
    }
    if (axes.length == 0) {
      return call.map(0, x -> same(call, x));
    }
    if (Shapes.elements(shape) == 0) {
      var nothing = new NumericArray(DType.F32, shape, new double[0]);
      return new Known(new NumericArray(DType.F32, result, onHost(nothing, kept, onHost)));
    }
    var real = (Real) value;
    var stored = Arrays.stream(axes).map(real::stored).sorted().toArray();
    var reduced = real.with(onTensors.apply(call, real.tensor(), stored));
    if (call.whole("keepdims", 1) != 0) {
      return reduced;
    }
    call.use(reduced.tensor());
    return new Real(Reshape.apply(call.tape(), call.tensor(reduced), result), false);
  }

  private static Tensor same(NodeCall call, Tensor x) {
    return Reshape.apply(call.tape(), x, x.shape());
  }

  private static long[] without(long[] shape, int[] axes) {
    return IntStream.range(0, shape.length)
        .filter(axis -> IntStream.of(axes).noneMatch(each -> each == axis))
        .mapToLong(axis -> shape[axis])
        .toArray();
  }

  private static double[] onHost(NumericArray array, long[] kept, OnHost reduction) {
    var result = new double[Math.toIntExact(Shapes.elements(kept))];
    var from = array.values();
    Arrays.fill(result, reduction.start());
    var strides = Shapes.strides(kept);
    var own = Shapes.strides(array.shape());
    for (var i = 0; i < array.elements(); i++) {
      var target = 0L;
      for (var axis = 0; axis < kept.length; axis++) {
        target += kept[axis] == 1 ? 0 : i / own[axis] % kept[axis] * strides[axis];
      }
      var each = reduction.each().applyAsDouble(from[i]);
      result[(int) target] = reduction.together().applyAsDouble(result[(int) target], each);
    }
    var count = result.length == 0 ? 0 : array.elements() / result.length;
    return Arrays.stream(result).map(x -> reduction.ending().apply(x, count)).toArray();
  }

  private static Tensor sumOf(NodeCall call, Tensor x, int[] axes, ElementFunction function) {
    return Sum.apply(call.tape(), call.use(Elementwise.apply(call.tape(), function, x)), axes);
  }

  /** Pools the axes, after they are brought together, under one window. */
  private static Tensor largest(NodeCall call, Tensor x, int[] axes) {
    var tape = call.tape();
    var kept = x.shape();
    for (var axis : axes) {
      kept[axis] = 1;
    }
    var order = new ArrayList<Integer>();
    IntStream.range(0, x.rank())
        .filter(axis -> IntStream.of(axes).noneMatch(each -> each == axis))
        .forEach(order::add);
    IntStream.of(axes).forEach(order::add);
    var permuted = order.stream().mapToInt(Integer::intValue).toArray();
    var isOrdered = Arrays.equals(permuted, IntStream.range(0, x.rank()).toArray());
    var together = isOrdered ? x : call.use(Transpose.apply(tape, x, permuted));
    var rows = Shapes.elements(kept);
    var length = Math.toIntExact(x.elements() / rows);
    var image = call.use(Reshape.apply(tape, together, rows, length, 1, 1));
    return Reshape.apply(tape, largestOfColumns(call, image), kept);
  }

  /**
   * The largest number of each column of {@code [batch, length, 1, channels]}, as {@code [batch, 1,
   * 1, channels]}. Short windows one after the other find the same as a long one, the first among
   * equals too, and suit kernels that go through a window position by position.
   */
  static Tensor largestOfColumns(NodeCall call, Tensor columns) {
    var x = columns;
    while (x.size(1) > 1) {
      var rest = Math.toIntExact(x.size(1));
      var factor = 2;
      while (factor < LONGEST_FACTOR && rest % factor != 0) {
        factor++;
      }
      var size = rest % factor == 0 ? factor : rest;
      var window = new SlidingWindow(size, 1, size, 1, 0, 0);
      x = call.use(MaxPool2d.apply(call.tape(), x, window));
    }
    return x;
  }

  private static Tensor smallest(NodeCall call, Tensor x, int[] axes) {
    var negative = call.use(Scale.apply(call.tape(), x, -1));
    return Scale.apply(call.tape(), call.use(largest(call, negative, axes)), -1);
  }

  /** Multiplies slices along each axis in turn, so that zeros and signs are right. */
  private static Tensor product(NodeCall call, Tensor x, int[] axes) {
    var result = x;
    for (var axis : axes) {
      var length = result.size(axis);
      var from = result;
      var product = call.use(Slice.apply(call.tape(), from, axis, 0, 1));
      for (var i = 1L; i < length; i++) {
        var slice = call.use(Slice.apply(call.tape(), from, axis, i, 1));
        product = call.use(Multiply.apply(call.tape(), product, slice));
      }
      result = product;
    }
    return result;
  }

  /**
   * {@code m + ln Σ exp(x − m)} with the largest {@code m}, as a constant: its gradients cancel.
   */
  private static Tensor logSumExp(NodeCall call, Tensor x, int[] axes) {
    var tape = call.tape();
    var largest = call.use(largest(call, x, axes));
    var constant = call.use(tape.allocate(call.type(), largest.shape()));
    constant.set(largest.toDoubles());
    var shifted = call.use(Add.apply(tape, x, call.use(Scale.apply(tape, constant, -1))));
    var sum = call.use(Sum.apply(tape, call.use(Exp.apply(tape, shifted)), axes));
    return Add.apply(tape, call.use(Log.apply(tape, sum)), constant);
  }

  private static Value position(NodeCall call, int sign) {
    var array = call.known(0);
    var shape = array.shape();
    var values = array.values();
    var axis = Value.axis(call.whole("axis", 0), shape.length);
    var last = call.whole("select_last_index", 0) != 0;
    var kept = shape.clone();
    kept[axis] = 1;
    var inner = Shapes.strides(shape)[axis];
    var found = new double[Math.toIntExact(Shapes.elements(kept))];
    for (var i = 0; i < found.length; i++) {
      var start = i / inner * inner * shape[axis] + i % inner;
      var best = 0;
      for (var k = 1; k < shape[axis]; k++) {
        var difference =
            sign * (values[(int) (start + k * inner)] - values[(int) (start + best * inner)]);
        best = difference > 0 || last && difference == 0 ? k : best;
      }
      found[i] = best;
    }
    var result = call.whole("keepdims", 1) != 0 ? kept : without(kept, new int[] {axis});
    return new Known(new NumericArray(DType.I64, result, found));
  }
}
