package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;
import static org.pellucid.models.onnx.MovementOperators.moved;
import static org.pellucid.models.onnx.MovementOperators.plan;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.pellucid.engine.ops.Concatenate;
import org.pellucid.engine.ops.Embedding;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;

/** What takes elements from positions that another input tells, or puts them there. */
final class LookupOperators {
  private LookupOperators() {}

  static void addTo(Map<String, Operator> table) {
    table.put("Gather", Operator.single(LookupOperators::gather));
    table.put("GatherElements", Operator.single(LookupOperators::gatherElements));
    table.put("GatherND", Operator.single(LookupOperators::gatherNd));
    table.put("ScatterElements", Operator.single(LookupOperators::scatterElements));
    table.put("Scatter", Operator.single(LookupOperators::scatterElements));
    table.put("NonZero", Operator.single(LookupOperators::nonZero));
    table.put("ScatterND", Operator.single(LookupOperators::scatterNd));
    table.put("OneHot", Operator.single(LookupOperators::oneHot));
    table.put("TopK", LookupOperators::topK);
  }

  /**
   * The positions on one axis that another input tells.
   *
   * @param shape of the elements
   * @param indices the shape of the positions
   */
  private record Lookup(long[] shape, int axis, long[] indices, long[] positions) {
    static Lookup of(NodeCall call) {
      var shape = call.input(0).shape();
      var axis = Value.axis(call.whole("axis", 0), shape.length);
      var indices = call.known(1);
      var positions =
          Arrays.stream(indices.wholes()).map(i -> position(call, i, shape[axis])).toArray();
      return new Lookup(shape, axis, indices.shape(), positions);
    }
  }

  /** A position from the front; negative ones are counted from the end. */
  private static long position(NodeCall call, long index, long length) {
    check(index >= -length && index < length, "%s asks for position %d of %d", call, index, length);
    return index < 0 ? index + length : index;
  }

  private static Value gather(NodeCall call) {
    var lookup = Lookup.of(call);
    var shape = lookup.shape();
    var axis = lookup.axis();
    var indices = lookup.indices();
    var positions = lookup.positions();
    var table =
        axis == 0
            && shape.length == 2
            && (call.input(0) instanceof Real
                || call.input(0) instanceof Known(var array) && array.type().isFloatingPoint());
    if (table && isLarge(shape) && positions.length > 0) {
      return lookedUp(call, indices, positions);
    }
    var result = concatenated(Arrays.copyOf(shape, axis), indices, shape, axis + 1);
    var inner = Shapes.strides(shape);
    var places = indices.length;
    var strides = Shapes.strides(indices);
    return moved(
        call,
        plan(
            call,
            result,
            index -> {
              var which = 0L;
              for (var i = 0; i < places; i++) {
                which += index[axis + i] * strides[i];
              }
              var source = positions[(int) which] * inner[axis];
              for (var i = 0; i < axis; i++) {
                source += index[i] * inner[i];
              }
              for (var i = axis + 1; i < shape.length; i++) {
                source += index[i - 1 + places] * inner[i];
              }
              return source;
            }));
  }

  /** Small tables, such as of shapes, are better read on the heap. */
  private static boolean isLarge(long[] shape) {
    return shape[1] > 1 && Shapes.elements(shape) > 64;
  }

  private static long[] concatenated(long[] first, long[] second, long[] third, int from) {
    var result = Arrays.copyOf(first, first.length + second.length + third.length - from);
    System.arraycopy(second, 0, result, first.length, second.length);
    System.arraycopy(third, from, result, first.length + second.length, third.length - from);
    return result;
  }

  /** Rows of a table of word embeddings. */
  private static Value lookedUp(NodeCall call, long[] shape, long[] positions) {
    call.checkRoom(positions.length, call.input(0).shape()[1]);
    var ids = call.use(call.tape().allocate(ElementType.INT32, shape));
    ids.set(Arrays.stream(positions).mapToInt(Math::toIntExact).toArray());
    return new Real(Embedding.apply(call.tape(), call.tensor(0), ids), false);
  }

  private static Value gatherElements(NodeCall call) {
    var lookup = Lookup.of(call);
    var strides = Shapes.strides(lookup.shape());
    var own = Shapes.strides(lookup.indices());
    return moved(
        call,
        plan(
            call,
            lookup.indices(),
            index -> {
              var which = 0L;
              var source = 0L;
              for (var i = 0; i < index.length; i++) {
                which += index[i] * own[i];
                source += i == lookup.axis() ? 0 : index[i] * strides[i];
              }
              return source + lookup.positions()[(int) which] * strides[lookup.axis()];
            }));
  }

  private static Value gatherNd(NodeCall call) {
    var shape = call.input(0).shape();
    var indices = call.known(1);
    var batch = (int) call.whole("batch_dims", 0);
    var depth = (int) indices.shape()[indices.shape().length - 1];
    var outer = Arrays.copyOf(indices.shape(), indices.shape().length - 1);
    check(batch + depth <= shape.length, "%s reaches into axes that aren't there", call);
    var result = concatenated(outer, new long[0], shape, batch + depth);
    var starts = starts(call, shape, indices, batch, depth);
    var own = Shapes.strides(outer);
    var strides = Shapes.strides(shape);
    return moved(
        call,
        plan(
            call,
            result,
            index -> {
              var which = 0L;
              for (var i = 0; i < outer.length; i++) {
                which += index[i] * own[i];
              }
              var source = starts[(int) which];
              for (var i = 0; i < batch; i++) {
                source += index[i] * strides[i];
              }
              for (var i = outer.length; i < index.length; i++) {
                source += index[i] * strides[i - outer.length + batch + depth];
              }
              return source;
            }));
  }

  /** Where each tuple of indices points to. */
  private static long[] starts(
      NodeCall call, long[] shape, NumericArray indices, int batch, int depth) {
    var strides = Shapes.strides(shape);
    var wholes = indices.wholes();
    var starts = new long[depth == 0 ? 0 : wholes.length / depth];
    for (var i = 0; i < wholes.length; i++) {
      var axis = batch + i % depth;
      starts[i / depth] += position(call, wholes[i], shape[axis]) * strides[axis];
    }
    return starts;
  }

  private static Value scatterElements(NodeCall call) {
    var lookup = Lookup.of(call);
    var strides = Shapes.strides(lookup.shape());
    var own = Shapes.strides(lookup.indices());
    var positions = lookup.positions();
    var targets = new long[positions.length];
    for (var i = 0; i < targets.length; i++) {
      for (var a = 0; a < strides.length; a++) {
        var at = a == lookup.axis() ? positions[i] : i / own[a] % lookup.indices()[a];
        targets[i] += at * strides[a];
      }
    }
    return replaced(call, targets);
  }

  private static Value scatterNd(NodeCall call) {
    var shape = call.input(0).shape();
    var indices = call.known(1);
    var depth = (int) indices.shape()[indices.shape().length - 1];
    var starts = starts(call, shape, indices, 0, depth);
    var run = (int) Shapes.elements(Arrays.copyOfRange(shape, depth, shape.length));
    var targets = new long[starts.length * run];
    Arrays.setAll(targets, i -> starts[i / run] + i % run);
    return replaced(call, targets);
  }

  /** The first input with elements of the third one in some places; the last one counts. */
  private static Value replaced(NodeCall call, long[] targets) {
    var reduction = call.text("reduction", "none");
    if (!reduction.equals("none")) {
      return reduced(call, targets, reduction);
    }
    var shape = call.input(0).shape();
    var count = (int) Shapes.elements(shape);
    var sources = IntStream.range(0, count).toArray();
    for (var i = 0; i < targets.length; i++) {
      sources[(int) targets[i]] = count + i;
    }
    var strides = Shapes.strides(shape);
    var plan =
        RowPlan.of(
            shape,
            index -> {
              var at = 0L;
              for (var i = 0; i < index.length; i++) {
                at += index[i] * strides[i];
              }
              return sources[(int) at];
            });
    if (call.input(0) instanceof Known(var data) && call.input(2) instanceof Known(var updates)) {
      var both = Arrays.copyOf(data.values(), count + updates.elements());
      System.arraycopy(updates.values(), 0, both, count, updates.elements());
      return new Known(plan.apply(new NumericArray(data.type(), new long[] {both.length}, both)));
    }
    var tape = call.tape();
    var data = call.use(Reshape.apply(tape, call.tensor(0), count));
    var updates = call.use(Reshape.apply(tape, call.tensor(2), targets.length));
    var both = call.use(Concatenate.apply(tape, 0, data, updates));
    return new Real(plan.apply(tape, both), false);
  }

  private static Value reduced(NodeCall call, long[] targets, String reduction) {
    for (var position : new int[] {0, 2}) {
      check(
          !(call.input(position) instanceof Real real) || !call.tape().tracks(real.tensor()),
          "%s combines by %s, which has no gradient here",
          call,
          reduction);
    }
    var data = call.known(0);
    var values = data.values().clone();
    var updates = call.known(2).values();
    for (var i = 0; i < targets.length; i++) {
      var at = (int) targets[i];
      values[at] =
          switch (reduction) {
            case "add" -> values[at] + updates[i];
            case "mul" -> values[at] * updates[i];
            case "max" -> Math.max(values[at], updates[i]);
            case "min" -> Math.min(values[at], updates[i]);
            default -> throw new IllegalArgumentException(call + " combines by " + reduction + ".");
          };
    }
    return new Known(new NumericArray(data.type(), data.shape(), values));
  }

  /** The positions of all numbers that aren't 0, a column for each. */
  private static Value nonZero(NodeCall call) {
    var array = call.known(0);
    var shape = array.shape().length == 0 ? new long[] {1} : array.shape();
    var values = array.values();
    var found = IntStream.range(0, values.length).filter(i -> values[i] != 0).toArray();
    var strides = Shapes.strides(shape);
    var positions = new double[shape.length * found.length];
    for (var axis = 0; axis < shape.length; axis++) {
      for (var i = 0; i < found.length; i++) {
        positions[axis * found.length + i] = found[i] / strides[axis] % shape[axis];
      }
    }
    return new Known(
        new NumericArray(DType.I64, new long[] {shape.length, found.length}, positions));
  }

  private static Value oneHot(NodeCall call) {
    var indices = call.known(0);
    var depth = (long) call.known(1).item();
    var pair = call.known(2);
    var rank = indices.shape().length + 1;
    var axis = Value.axis(call.whole("axis", -1), rank);
    var shape = new long[rank];
    for (var i = 0; i < rank; i++) {
      shape[i] = i == axis ? depth : indices.shape()[i < axis ? i : i - 1];
    }
    var values = new double[ShapeOperators.checkedElements(call, shape)];
    var off = pair.values()[0];
    var on = pair.values()[1];
    var places = indices.values();
    Arrays.fill(values, off);
    var inner = Shapes.elements(Arrays.copyOfRange(shape, axis + 1, rank));
    for (var i = 0; i < places.length; i++) {
      var hot = (long) places[i];
      if (hot >= -depth && hot < depth) {
        var row = i / inner * depth + (hot < 0 ? hot + depth : hot);
        values[(int) (row * inner + i % inner)] = on;
      }
    }
    return new Known(new NumericArray(pair.type(), shape, values));
  }

  /** The largest or smallest along an axis, the first among equals; and where they stand. */
  private static List<Value> topK(NodeCall call) {
    var shape = call.input(0).shape();
    var axis = Value.axis(call.whole("axis", -1), shape.length);
    var count = call.has(1) ? (long) call.known(1).item() : call.whole("k", 1);
    check(count >= 0 && count <= shape[axis], "%s asks for %d of %d", call, count, shape[axis]);
    var sign = call.whole("largest", 1) != 0 ? -1 : 1;
    var values = call.known(0).values();
    var strides = Shapes.strides(shape);
    var result = shape.clone();
    result[axis] = count;
    var own = Shapes.strides(result);
    var positions = new double[ShapeOperators.checkedElements(call, result)];
    for (var line = 0; line < positions.length; line++) {
      if (line / own[axis] % count == 0) {
        var start = start(line, own, result, strides);
        var order =
            IntStream.range(0, (int) shape[axis])
                .boxed()
                .sorted(
                    Comparator.comparingDouble(
                        i -> sign * values[(int) (start + i * strides[axis])]))
                .limit(count)
                .toList();
        for (var i = 0; i < count; i++) {
          positions[(int) (line + i * own[axis])] = order.get(i);
        }
      }
    }
    var found =
        moved(
            call,
            plan(
                call,
                result,
                index -> {
                  var which = 0L;
                  var source = 0L;
                  for (var i = 0; i < index.length; i++) {
                    which += index[i] * own[i];
                    source += i == axis ? 0 : index[i] * strides[i];
                  }
                  return source + (long) positions[(int) which] * strides[axis];
                }));
    return List.of(found, new Known(new NumericArray(DType.I64, result, positions)));
  }

  private static long start(long line, long[] own, long[] shape, long[] strides) {
    var start = 0L;
    for (var axis = 0; axis < shape.length; axis++) {
      start += line / own[axis] % shape[axis] * strides[axis];
    }
    return start;
  }
}
