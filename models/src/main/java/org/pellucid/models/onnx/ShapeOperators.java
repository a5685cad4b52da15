package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.pellucid.engine.ops.Broadcast;
import org.pellucid.engine.ops.Concatenate;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;

/** What shapes are and what changes them. */
final class ShapeOperators {
  /** Elements that any array may have; a hostile graph can ask for any number. */
  private static final long MOST_ELEMENTS =
      Math.min(1L << 28, Runtime.getRuntime().maxMemory() / (4 * Double.BYTES));

  private ShapeOperators() {}

  static void addTo(Map<String, Operator> table) {
    table.put("Shape", Operator.single(ShapeOperators::shape));
    table.put(
        "Size",
        Operator.single(
            call ->
                new Known(NumericArray.scalar(DType.I64, Shapes.elements(call.input(0).shape())))));
    table.put("Reshape", Operator.single(ShapeOperators::reshape));
    table.put("Flatten", Operator.single(ShapeOperators::flatten));
    table.put("Squeeze", Operator.single(ShapeOperators::squeeze));
    table.put("Unsqueeze", Operator.single(ShapeOperators::unsqueeze));
    table.put("Transpose", Operator.single(ShapeOperators::transpose));
    table.put("Expand", Operator.single(ShapeOperators::expand));
    table.put("Concat", Operator.single(ShapeOperators::concat));
    table.put("Split", ShapeOperators::split);
  }

  private static Value shape(NodeCall call) {
    var shape = call.input(0).shape();
    var start = clamped(call.whole("start", 0), shape.length);
    var end = clamped(call.whole("end", shape.length), shape.length);
    var part = Arrays.copyOfRange(shape, start, Math.max(start, end));
    return new Known(NumericArray.of(part, part.length));
  }

  private static int clamped(long given, int length) {
    return (int) Math.clamp(given < 0 ? given + length : given, 0, length);
  }

  /** The check of {@link #checkedElements} where the node isn't known. */
  static void checkElements(long... shape) {
    var elements = Shapes.elements(shape);
    check(
        elements <= MOST_ELEMENTS,
        "%d numbers are too many for a quarter of the JVM's memory (-Xmx)",
        elements);
  }

  static int checkedElements(NodeCall call, long... shape) {
    var elements = Shapes.elements(shape);
    check(
        elements <= MOST_ELEMENTS,
        "%s asks for %d numbers, too many for a quarter of the JVM's memory (-Xmx)",
        call,
        elements);
    return (int) elements;
  }

  private static Value reshaped(NodeCall call, long[] shape) {
    return call.input(0) instanceof Known(var array)
        ? new Known(array.reshaped(shape))
        : new Real(Reshape.apply(call.tape(), call.tensor(0), shape), false);
  }

  private static Value reshape(NodeCall call) {
    var from = call.input(0).shape();
    var shape =
        call.wholes("shape", 1)
            .orElseThrow(() -> new IllegalArgumentException(call + " names no shape."))
            .clone();
    return reshaped(call, filled(call, from, shape, call.whole("allowzero", 0) != 0));
  }

  /**
   * The sizes that a new shape stands for: 0 copies a size of the old one, −1 is what is left.
   *
   * @param shape is changed
   * @param keepsZeros whether 0 means 0
   */
  static long[] filled(NodeCall call, long[] from, long[] shape, boolean keepsZeros) {
    var known = 1L;
    var open = -1;
    for (var axis = 0; axis < shape.length; axis++) {
      if (shape[axis] == 0 && !keepsZeros) {
        check(axis < from.length, "%s copies the size of an axis that isn't there", call);
        shape[axis] = from[axis];
      }
      if (shape[axis] == -1) {
        check(open < 0, "%s leaves two sizes open", call);
        open = axis;
      } else {
        known = Math.multiplyExact(known, shape[axis]);
      }
    }
    if (open >= 0) {
      check(known > 0, "%s leaves a size open that can't be told", call);
      shape[open] = Shapes.elements(from) / known;
    }
    return shape;
  }

  private static Value flatten(NodeCall call) {
    var shape = call.input(0).shape();
    var axis = (int) call.whole("axis", 1);
    var before = axis < 0 ? axis + shape.length : axis;
    check(before >= 0 && before <= shape.length, "%s has no axis %d", call, axis);
    var rows = Shapes.elements(Arrays.copyOf(shape, before));
    return reshaped(
        call, new long[] {rows, Shapes.elements(Arrays.copyOfRange(shape, before, shape.length))});
  }

  private static Value squeeze(NodeCall call) {
    var shape = call.input(0).shape();
    var given = call.wholes("axes", 1);
    var dropped =
        given.isPresent()
            ? Arrays.stream(given.get()).mapToInt(axis -> Value.axis(axis, shape.length)).toArray()
            : IntStream.range(0, shape.length).filter(axis -> shape[axis] == 1).toArray();
    for (var axis : dropped) {
      check(shape[axis] == 1, "%s drops an axis of %d", call, shape[axis]);
    }
    return reshaped(
        call,
        IntStream.range(0, shape.length)
            .filter(axis -> IntStream.of(dropped).noneMatch(each -> each == axis))
            .mapToLong(axis -> shape[axis])
            .toArray());
  }

  private static Value unsqueeze(NodeCall call) {
    var shape = call.input(0).shape();
    var given =
        call.wholes("axes", 1)
            .orElseThrow(() -> new IllegalArgumentException(call + " names no axes."));
    var rank = shape.length + given.length;
    var added = Arrays.stream(given).mapToInt(axis -> Value.axis(axis, rank)).sorted().toArray();
    var result = new ArrayList<>(LongStream.of(shape).boxed().toList());
    for (var axis : added) {
      check(axis <= result.size(), "%s adds an axis twice", call);
      result.add(axis, 1L);
    }
    return reshaped(call, result.stream().mapToLong(Long::longValue).toArray());
  }

  private static Value transpose(NodeCall call) {
    var rank = call.input(0).rank();
    var axes =
        call.wholes("perm")
            .map(given -> Arrays.stream(given).mapToInt(axis -> Value.axis(axis, rank)).toArray())
            .orElseGet(() -> IntStream.range(0, rank).map(axis -> rank - 1 - axis).toArray());
    check(axes.length == rank, "%s orders %d axes of %d", call, axes.length, rank);
    if (call.input(0) instanceof Known(var array)) {
      return new Known(HostMath.transpose(array, axes));
    }
    var real = (Real) call.input(0);
    if (real.channelsLast() && Arrays.equals(axes, Value.toChannelsLast(rank))) {
      return new Real(Reshape.apply(call.tape(), real.tensor(), real.tensor().shape()), false);
    }
    if (!real.channelsLast() && rank == 4 && Arrays.equals(axes, Value.fromChannelsLast(4))) {
      return new Real(Reshape.apply(call.tape(), real.tensor(), real.tensor().shape()), true);
    }
    return new Real(Transpose.apply(call.tape(), call.tensor(0), axes), false);
  }

  private static Value expand(NodeCall call) {
    var shape = Shapes.broadcast(call.input(0).shape(), call.known(1).wholes());
    checkedElements(call, shape);
    return call.input(0) instanceof Known(var array)
        ? new Known(HostMath.broadcast(array, shape))
        : new Real(Broadcast.apply(call.tape(), call.tensor(0), shape), false);
  }

  private static Value concat(NodeCall call) {
    var parts = call.all();
    check(!parts.isEmpty(), "%s has nothing to join", call);
    var rank = parts.getFirst().rank();
    var axis = Value.axis(call.whole("axis", 1), rank);
    if (call.allKnown()) {
      return new Known(joined(parts.stream().map(call::known).toList(), axis));
    }
    var image =
        rank >= 3
            && parts.stream().anyMatch(part -> part instanceof Real real && real.channelsLast());
    if (image) {
      var last = parts.stream().map(call::image).toList();
      var tensors = last.stream().map(Real::tensor).toArray(Tensor[]::new);
      return new Real(Concatenate.apply(call.tape(), last.getFirst().stored(axis), tensors), true);
    }
    var tensors = parts.stream().map(call::tensor).toArray(Tensor[]::new);
    return new Real(Concatenate.apply(call.tape(), axis, tensors), false);
  }

  private static NumericArray joined(List<NumericArray> parts, int axis) {
    var shape = parts.getFirst().shape().clone();
    shape[axis] = parts.stream().mapToLong(part -> part.shape()[axis]).sum();
    var values = new double[Math.toIntExact(Shapes.elements(shape))];
    var rows = Shapes.elements(Arrays.copyOf(shape, axis));
    var width = rows == 0 ? 0 : values.length / rows;
    var start = 0L;
    for (var part : parts) {
      var from = part.values();
      var length = rows == 0 ? 0 : part.elements() / rows;
      for (var row = 0L; row < rows; row++) {
        System.arraycopy(
            from, (int) (row * length), values, (int) (row * width + start), (int) length);
      }
      start += length;
    }
    return new NumericArray(parts.getFirst().type(), shape, values);
  }

  private static List<Value> split(NodeCall call) {
    var shape = call.input(0).shape();
    var axis = Value.axis(call.whole("axis", 0), shape.length);
    var sizes = call.wholes("split", 1).orElseGet(() -> evenly(call, shape[axis]));
    check(
        LongStream.of(sizes).sum() == shape[axis] && LongStream.of(sizes).allMatch(s -> s >= 0),
        "%s splits %d into %s",
        call,
        shape[axis],
        sizes);
    var parts = new ArrayList<Value>();
    var start = 0L;
    for (var size : sizes) {
      parts.add(part(call, axis, start, size));
      start += size;
    }
    return parts;
  }

  private static long[] evenly(NodeCall call, long length) {
    var count = call.outputs();
    var size = Math.ceilDiv(length, count);
    var sizes = new long[count];
    Arrays.fill(sizes, size);
    sizes[count - 1] = length - size * (count - 1);
    return sizes;
  }

  /** A range along an axis of the first input. */
  static Value part(NodeCall call, int axis, long start, long length) {
    var shape = call.input(0).shape();
    if (call.input(0) instanceof Real real && length > 0) {
      var stored = real.stored(axis);
      return real.with(Slice.apply(call.tape(), real.tensor(), stored, start, length));
    }
    var strides = Shapes.strides(shape);
    shape[axis] = length;
    var plan =
        RowPlan.of(
            shape,
            index -> {
              var source = start * strides[axis];
              for (var i = 0; i < index.length; i++) {
                source += index[i] * strides[i];
              }
              return source;
            });
    return new Known(plan.apply(call.known(0)));
  }
}
