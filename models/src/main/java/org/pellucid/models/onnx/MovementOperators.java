package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import org.pellucid.engine.ops.Pad;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Select;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;

/** What moves, repeats or leaves out elements by a plan that follows from shapes and settings. */
final class MovementOperators {
  private MovementOperators() {}

  static void addTo(Map<String, Operator> table) {
    table.put("Slice", Operator.single(MovementOperators::slice));
    table.put("Pad", Operator.single(MovementOperators::pad));
    table.put("Tile", Operator.single(MovementOperators::tile));
    table.put("Trilu", Operator.single(MovementOperators::triangle));
    table.put("DepthToSpace", Operator.single(MovementOperators::depthToSpace));
    table.put("SpaceToDepth", Operator.single(MovementOperators::spaceToDepth));
  }

  /** The first input, moved by a plan. */
  static Value moved(NodeCall call, RowPlan plan) {
    return call.input(0) instanceof Known(var array)
        ? new Known(plan.apply(array))
        : new Real(plan.apply(call.tape(), call.tensor(0)), false);
  }

  static RowPlan plan(NodeCall call, long[] shape, ToLongFunction<long[]> source) {
    ShapeOperators.checkedElements(call, shape);
    return RowPlan.of(shape, source);
  }

  /** A plan that follows from the shape of the first input and the node's constants. */
  private static Value movedBy(
      NodeCall call, Object constants, long[] shape, ToLongFunction<long[]> source) {
    var key = List.of(Arrays.toString(call.input(0).shape()), constants);
    return moved(call, call.planned(key, () -> plan(call, shape, source)));
  }

  private static Value slice(NodeCall call) {
    var shape = call.input(0).shape();
    var starts = call.wholes("starts", 1).orElseThrow();
    var ends = call.wholes("ends", 2).orElseThrow();
    var axes =
        call.wholes("axes", 3)
            .orElseGet(() -> IntStream.range(0, starts.length).asLongStream().toArray());
    var steps = call.has(4) ? call.known(4).wholes() : new long[0];
    check(
        ends.length == starts.length
            && axes.length == starts.length
            && (steps.length == 0 || steps.length == starts.length),
        "%s has %d starts and another number of ends, axes or steps",
        call,
        starts.length);
    var from = new long[shape.length];
    var step = new long[shape.length];
    Arrays.fill(step, 1);
    var result = shape.clone();
    for (var i = 0; i < starts.length; i++) {
      var axis = Value.axis(axes[i], shape.length);
      step[axis] = steps.length == 0 ? 1 : steps[i];
      check(step[axis] != 0, "A step of %s is 0", call);
      var length = shape[axis];
      var last = step[axis] > 0 ? length : length - 1;
      var lowest = step[axis] > 0 ? 0 : -1;
      from[axis] = Math.clamp(counted(starts[i], length), step[axis] > 0 ? 0 : lowest + 1L, last);
      var end = Math.clamp(counted(ends[i], length), lowest, last);
      result[axis] = Math.max(0, Math.ceilDiv(end - from[axis], step[axis]));
    }
    return sliced(call, from, step, result);
  }

  /** Ends beyond all bounds are written as the largest or smallest number of 64 bits. */
  private static long counted(long position, long length) {
    return position < 0 && position >= -length ? position + length : position < 0 ? -1 : position;
  }

  private static Value sliced(NodeCall call, long[] from, long[] step, long[] result) {
    var plain = Arrays.stream(step).allMatch(each -> each == 1) && Shapes.elements(result) > 0;
    if (call.input(0) instanceof Real real && plain) {
      var x = real.tensor();
      var shape = real.shape();
      for (var axis = 0; axis < shape.length; axis++) {
        if (result[axis] != shape[axis]) {
          var stored = real.stored(axis);
          x = call.use(Slice.apply(call.tape(), x, stored, from[axis], result[axis]));
        }
      }
      return real.with(x == real.tensor() ? call.use(Reshape.apply(call.tape(), x, x.shape())) : x);
    }
    var strides = Shapes.strides(call.input(0).shape());
    return movedBy(
        call,
        List.of(Arrays.toString(from), Arrays.toString(step), Arrays.toString(result)),
        result,
        index -> {
          var source = 0L;
          for (var i = 0; i < index.length; i++) {
            source += (from[i] + index[i] * step[i]) * strides[i];
          }
          return source;
        });
  }

  private static Value pad(NodeCall call) {
    var shape = call.input(0).shape();
    var given =
        call.has(1)
            ? call.known(1).wholes()
            : call.wholes("pads")
                .or(() -> call.wholes("paddings"))
                .orElseThrow(() -> new IllegalArgumentException(call + " names no padding."));
    var pads = new long[2 * shape.length];
    var axes =
        call.has(3)
            ? call.known(3).wholes()
            : IntStream.range(0, shape.length).asLongStream().toArray();
    check(given.length == 2 * axes.length, "%s needs %d paddings", call, 2 * axes.length);
    for (var i = 0; i < axes.length; i++) {
      var axis = Value.axis(axes[i], shape.length);
      pads[axis] = given[i];
      pads[shape.length + axis] = given[axes.length + i];
    }
    var mode = call.text("mode", "constant");
    var value = call.has(2) ? call.known(2).item() : call.number("value", 0);
    return switch (mode) {
      case "constant" -> padded(call, pads, value);
      case "reflect", "edge", "wrap" -> mirrored(call, pads, mode);
      default -> throw new IllegalArgumentException(call + " pads by " + mode + ", unknown here.");
    };
  }

  private static Value padded(NodeCall call, long[] pads, double value) {
    var shape = call.input(0).shape();
    call.checkRoom(enlarged(shape, pads));
    if (call.input(0) instanceof Real real && Arrays.stream(pads).allMatch(each -> each >= 0)) {
      var x = real.tensor();
      for (var axis = 0; axis < shape.length; axis++) {
        var before = pads[axis];
        var after = pads[shape.length + axis];
        if (before > 0 || after > 0) {
          x = call.use(Pad.apply(call.tape(), x, real.stored(axis), before, after, value));
        }
      }
      return real.with(x == real.tensor() ? call.use(Reshape.apply(call.tape(), x, x.shape())) : x);
    }
    check(
        call.input(0) instanceof Known,
        "%s pads by less than nothing, which isn't supported",
        call);
    var array = call.known(0);
    var result = enlarged(shape, pads);
    var values = new double[ShapeOperators.checkedElements(call, result)];
    Arrays.fill(values, value);
    var from = array.values();
    var strides = Shapes.strides(result);
    var own = Shapes.strides(shape);
    for (var i = 0; i < from.length; i++) {
      var target = 0L;
      var inside = true;
      for (var axis = 0; axis < shape.length; axis++) {
        var at = i / own[axis] % shape[axis] + pads[axis];
        inside &= at >= 0 && at < result[axis];
        target += at * strides[axis];
      }
      if (inside) {
        values[(int) target] = from[i];
      }
    }
    return new Known(new NumericArray(array.type(), result, values));
  }

  private static long[] enlarged(long[] shape, long[] pads) {
    var result = shape.clone();
    for (var axis = 0; axis < shape.length; axis++) {
      result[axis] =
          Math.addExact(result[axis], Math.addExact(pads[axis], pads[shape.length + axis]));
    }
    return result;
  }

  private static Value mirrored(NodeCall call, long[] pads, String mode) {
    var shape = call.input(0).shape();
    var strides = Shapes.strides(shape);
    return movedBy(
        call,
        List.of(mode, Arrays.toString(pads)),
        enlarged(shape, pads),
        index -> {
          var source = 0L;
          for (var i = 0; i < index.length; i++) {
            source += inside(mode, index[i] - pads[i], shape[i]) * strides[i];
          }
          return source;
        });
  }

  /** The position in an axis that stands for one outside of it. */
  private static long inside(String mode, long position, long length) {
    return switch (mode) {
      case "edge" -> Math.clamp(position, 0, length - 1);
      case "wrap" -> Math.floorMod(position, length);
      default -> {
        var period = Math.max(1, 2 * (length - 1));
        var folded = Math.floorMod(position, period);
        yield Math.min(folded, period - folded);
      }
    };
  }

  private static Value tile(NodeCall call) {
    var shape = call.input(0).shape();
    var repeats = call.known(1).wholes();
    check(repeats.length == shape.length, "%s needs %d repeats", call, shape.length);
    var result = shape.clone();
    Arrays.setAll(result, axis -> Math.multiplyExact(shape[axis], repeats[axis]));
    var strides = Shapes.strides(shape);
    return movedBy(
        call,
        Arrays.toString(repeats),
        result,
        index -> {
          var source = 0L;
          for (var i = 0; i < index.length; i++) {
            source += index[i] % shape[i] * strides[i];
          }
          return source;
        });
  }

  /** The part of each matrix above or below a diagonal, with zeros in place of the other. */
  private static Value triangle(NodeCall call) {
    var shape = call.input(0).shape();
    check(shape.length >= 2, "%s takes matrices, not %s", call, shape);
    var rows = shape[shape.length - 2];
    var columns = shape[shape.length - 1];
    var diagonal = Math.clamp(call.has(1) ? (long) call.known(1).item() : 0, -rows, columns);
    var upper = call.whole("upper", 1) != 0;
    var kept = new int[ShapeOperators.checkedElements(call, shape)];
    for (var i = 0; i < kept.length; i++) {
      var distance = i % columns - i / columns % rows;
      kept[i] = (upper ? distance >= diagonal : distance <= diagonal) ? 1 : 0;
    }
    if (call.input(0) instanceof Known(var array)) {
      var from = array.values();
      var values = new double[kept.length];
      Arrays.setAll(values, i -> kept[i] == 1 ? from[i] : 0);
      return new Known(new NumericArray(array.type(), shape, values));
    }
    var zeros = new NumericArray(DType.F64, shape, new double[kept.length]);
    var tensor = call.constant(zeros, "zeros", array -> array);
    return new Real(Select.apply(call.tape(), kept, call.tensor(0), tensor), false);
  }

  private static Value depthToSpace(NodeCall call) {
    var shape = call.input(0).shape();
    var block = call.whole("blocksize", 1);
    check(
        shape.length == 4 && block > 0 && shape[1] % (block * block) == 0,
        "%s can't take %s apart into blocks of %d",
        call,
        shape,
        block);
    var depth = shape[1] / (block * block);
    var columnFirst = call.text("mode", "DCR").equals("CRD");
    var result = new long[] {shape[0], depth, shape[2] * block, shape[3] * block};
    var strides = Shapes.strides(shape);
    return movedBy(
        call,
        List.of(block, columnFirst),
        result,
        index -> {
          var place = index[2] % block * block + index[3] % block;
          var channel = columnFirst ? index[1] * block * block + place : place * depth + index[1];
          return index[0] * strides[0]
              + channel * strides[1]
              + index[2] / block * strides[2]
              + index[3] / block;
        });
  }

  private static Value spaceToDepth(NodeCall call) {
    var shape = call.input(0).shape();
    var block = call.whole("blocksize", 1);
    check(
        shape.length == 4 && block > 0 && shape[2] % block == 0 && shape[3] % block == 0,
        "%s can't take blocks of %d out of %s",
        call,
        block,
        shape);
    var result =
        new long[] {shape[0], shape[1] * block * block, shape[2] / block, shape[3] / block};
    var strides = Shapes.strides(shape);
    return movedBy(
        call,
        block,
        result,
        index -> {
          var place = index[1] / shape[1];
          return index[0] * strides[0]
              + index[1] % shape[1] * strides[1]
              + (index[2] * block + place / block) * strides[2]
              + index[3] * block
              + place % block;
        });
  }
}
