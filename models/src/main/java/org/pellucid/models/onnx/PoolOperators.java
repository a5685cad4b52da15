package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.ops.AveragePool2d;
import org.pellucid.engine.ops.Elementwise;
import org.pellucid.engine.ops.MaxPool2d;
import org.pellucid.engine.ops.Mean;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Sum;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;

/**
 * Pooling of signals, images and volumes. A volume is pooled slice by slice first and then along
 * its depth, which gives the same: the first among equal values wins in either order.
 */
final class PoolOperators {
  private PoolOperators() {}

  static void addTo(Map<String, Operator> table) {
    table.put("MaxPool", PoolOperators::maxPool);
    table.put("AveragePool", Operator.single(PoolOperators::averagePool));
    table.put("LpPool", Operator.single(PoolOperators::lengthPool));
    table.put("GlobalAveragePool", Operator.single(PoolOperators::globalAverage));
    table.put("GlobalMaxPool", Operator.single(PoolOperators::globalMax));
    table.put("GlobalLpPool", Operator.single(PoolOperators::globalLength));
  }

  /** A pooling of {@code [slices, rows, columns, channels]}. */
  private interface OfSlices {
    Tensor apply(NodeCall call, Tensor slices, Window window);
  }

  private static Value pooled(NodeCall call, Volume input, OfSlices pool) {
    var window = Window.of(call, input, kernel(call));
    window.checkRoom(call, input, input.channels());
    var slices = pool.apply(call, input.slices(), window);
    if (!input.isDeep()) {
      return input.result(slices);
    }
    var tape = call.tape();
    var pixels = slices.size(1) * slices.size(2);
    var columns =
        call.use(
            Reshape.apply(
                tape,
                call.use(slices),
                input.batch(),
                input.length(Window.DEPTH),
                pixels,
                input.channels()));
    var deep = call.use(pool.apply(call, columns, window.ofDepth()));
    var shape =
        new long[] {input.batch() * deep.size(1), slices.size(1), slices.size(2), input.channels()};
    return input.result(Reshape.apply(tape, deep, shape));
  }

  private static long[] kernel(NodeCall call) {
    return call.wholes("kernel_shape")
        .orElseThrow(() -> new IllegalArgumentException(call + " has no window's size."));
  }

  private static List<Value> maxPool(NodeCall call) {
    var outputs = new ArrayList<Value>();
    outputs.add(pooled(call, Volume.of(call), PoolOperators::maxOfSlices));
    if (call.wants(1)) {
      var input = Volume.of(call);
      outputs.add(winners(call, input, Window.of(call, input, kernel(call))));
    }
    return outputs;
  }

  private static Tensor maxOfSlices(NodeCall call, Tensor slices, Window window) {
    if (window.isPlain()) {
      return MaxPool2d.apply(call.tape(), slices, window.inSlice());
    }
    var image = window.padded(call, slices, Double.NEGATIVE_INFINITY);
    return MaxPool2d.apply(call.tape(), spreadOut(call, image, window), alone(window));
  }

  /** For a window without gaps, itself; else the one for pixels that were spread out. */
  private static SlidingWindow alone(Window window) {
    var whole = window.inPaddedSlice();
    return whole.isDilated()
        ? new SlidingWindow(whole.height(), whole.width(), whole.height(), whole.width(), 0, 0)
        : whole;
  }

  /**
   * The pixels of windows with gaps side by side, so that windows neither overlap nor have gaps.
   */
  private static Tensor spreadOut(NodeCall call, Tensor image, Window window) {
    var whole = window.inPaddedSlice();
    if (!whole.isDilated()) {
      return image;
    }
    var rows = positions(window, Window.ROWS, whole.outputHeight(image.size(1)));
    var columns = positions(window, Window.COLUMNS, whole.outputWidth(image.size(2)));
    var shape = new long[] {image.size(0), rows.length, columns.length, image.size(3)};
    var plan =
        MovementOperators.plan(
            call,
            shape,
            index ->
                ((index[0] * image.size(1) + rows[(int) index[1]]) * image.size(2)
                            + columns[(int) index[2]])
                        * image.size(3)
                    + index[3]);
    return call.use(plan.apply(call.tape(), image));
  }

  private static int[] positions(Window window, int axis, int outputs) {
    var size = window.size()[axis];
    return IntStream.range(0, Math.multiplyExact(outputs, size))
        .map(i -> i / size * window.strides()[axis] + i % size * window.dilations()[axis])
        .toArray();
  }

  /** Where the winner of each window stands in the whole input, in the graph's order of axes. */
  private static Value winners(NodeCall call, Volume input, Window window) {
    var x = call.known(0).values();
    var length = new int[3];
    var steps = new int[3];
    for (var axis = 0; axis < 3; axis++) {
      length[axis] = (int) input.length(axis);
      steps[axis] = window.steps(axis, length[axis]);
    }
    var shape = call.input(0).shape();
    for (var axis = 2; axis < shape.length; axis++) {
      shape[axis] = steps[axis + 3 - shape.length];
    }
    var columnsFirst = call.whole("storage_order", 0) != 0;
    var found = new double[ShapeOperators.checkedElements(call, shape)];
    var pixels = length[0] * length[1] * length[2];
    var perMap = steps[0] * steps[1] * steps[2];
    for (var i = 0; i < found.length; i++) {
      var base = i / perMap * pixels;
      var at = i % perMap;
      var step = new int[] {at / steps[2] / steps[1], at / steps[2] % steps[1], at % steps[2]};
      found[i] = base + winner(x, base, step, length, window, columnsFirst);
    }
    return new Known(new NumericArray(DType.I64, shape, found));
  }

  private static int winner(
      double[] x, int base, int[] step, int[] length, Window window, boolean columnsFirst) {
    var best = Double.NEGATIVE_INFINITY;
    var winner = -1;
    var size = window.size();
    for (var i = 0; i < size[0] * size[1] * size[2]; i++) {
      var offset = new int[] {i / size[2] / size[1], i / size[2] % size[1], i % size[2]};
      var at = new int[3];
      var isInside = true;
      for (var axis = 0; axis < 3; axis++) {
        at[axis] =
            step[axis] * window.strides()[axis]
                + offset[axis] * window.dilations()[axis]
                - window.begins()[axis];
        isInside &= at[axis] >= 0 && at[axis] < length[axis];
      }
      var place = (at[0] * length[1] + at[1]) * length[2] + at[2];
      if (isInside && (winner < 0 || x[base + place] > best)) {
        best = x[base + place];
        winner = columnsFirst ? at[0] + length[0] * (at[1] + length[1] * at[2]) : place;
      }
    }
    return winner;
  }

  private static Value averagePool(NodeCall call) {
    var countsPadding = call.whole("count_include_pad", 0) != 0;
    return pooled(
        call,
        Volume.of(call),
        (_, slices, window) ->
            window.isPlain()
                ? AveragePool2d.apply(call.tape(), slices, window.inSlice(), countsPadding)
                : average(call, slices, window, countsPadding));
  }

  /** Means over all pixels of a window with its padding, corrected for those that don't count. */
  private static Tensor average(
      NodeCall call, Tensor slices, Window window, boolean countsPadding) {
    var tape = call.tape();
    var image = spreadOut(call, window.padded(call, slices, 0), window);
    var means = AveragePool2d.apply(tape, image, alone(window));
    var factors = new double[Math.toIntExact(means.size(1) * means.size(2))];
    var columns = (int) means.size(2);
    for (var i = 0; i < factors.length; i++) {
      var tall = window.inside(Window.ROWS, i / columns, slices.size(1), countsPadding);
      var wide = window.inside(Window.COLUMNS, i % columns, slices.size(2), countsPadding);
      factors[i] = (double) window.inPaddedSlice().pixels() / (tall * wide);
    }
    var shape = new long[] {1, means.size(1), means.size(2), 1};
    var tensor =
        call.constant(new NumericArray(DType.F64, shape, factors), "factors", array -> array);
    return Multiply.apply(tape, call.use(means), tensor);
  }

  /** {@code (Σ |x|ᵖ)^(1/p)} under each window; the padding adds nothing. */
  private static Value lengthPool(NodeCall call) {
    var p = exponent(call);
    var input = Volume.of(call, powers(call, call.image(0).tensor(), p));
    var sums = pooled(call, input, (_, slices, window) -> sum(call, slices, window));
    return root(call, (Real) sums, p);
  }

  private static double exponent(NodeCall call) {
    var p = call.whole("p", 2);
    check(p > 0, "The p of %s is %d, which is not above 0", call, p);
    return p;
  }

  private static Tensor powers(NodeCall call, Tensor x, double p) {
    var tape = call.tape();
    var sizes = call.use(Elementwise.apply(tape, new ElementFunction.Absolute(), x));
    return call.use(Elementwise.apply(tape, new ElementFunction.Power(p), sizes));
  }

  private static Value root(NodeCall call, Real sums, double p) {
    var power = new ElementFunction.Power(1 / p);
    return sums.with(Elementwise.apply(call.tape(), power, call.use(sums.tensor())));
  }

  private static Tensor sum(NodeCall call, Tensor slices, Window window) {
    var image = spreadOut(call, window.padded(call, slices, 0), window);
    var means = call.use(AveragePool2d.apply(call.tape(), image, alone(window)));
    return Scale.apply(call.tape(), means, window.inPaddedSlice().pixels());
  }

  private static int[] spatialAxes(Tensor image) {
    return IntStream.range(1, image.rank() - 1).toArray();
  }

  private static Value globalAverage(NodeCall call) {
    var image = call.image(0);
    return image.with(Mean.apply(call.tape(), image.tensor(), spatialAxes(image.tensor())));
  }

  private static Value globalLength(NodeCall call) {
    var p = exponent(call);
    var image = call.image(0);
    var powers = powers(call, image.tensor(), p);
    return root(call, image.with(Sum.apply(call.tape(), powers, spatialAxes(powers))), p);
  }

  private static Value globalMax(NodeCall call) {
    var x = call.image(0).tensor();
    check(x.elements() > 0, "%s takes no input without elements", call);
    var length = Math.toIntExact(x.elements() / x.size(0) / x.size(-1));
    var column = call.use(Reshape.apply(call.tape(), x, x.size(0), length, 1, x.size(-1)));
    var pooled = ReductionOperators.largestOfColumns(call, column);
    var shape = x.shape();
    Arrays.fill(shape, 1, shape.length - 1, 1);
    return new Real(Reshape.apply(call.tape(), pooled, shape), true);
  }
}
