package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.AveragePool2d;
import org.pellucid.engine.ops.Convolution2d;
import org.pellucid.engine.ops.MaxPool2d;
import org.pellucid.engine.ops.Mean;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Pad;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.ops.TransposedConvolution2d;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;

/**
 * What slides a window over images {@code [batch, channels, height, width]} or signals {@code
 * [batch, channels, length]}; a signal is an image of one row.
 */
final class WindowOperators {
  private WindowOperators() {}

  static void addTo(Map<String, Operator> table) {
    table.put("Conv", Operator.single(WindowOperators::convolution));
    table.put("ConvTranspose", Operator.single(WindowOperators::transposedConvolution));
    table.put("MaxPool", WindowOperators::maxPool);
    table.put("AveragePool", Operator.single(WindowOperators::averagePool));
    table.put("GlobalAveragePool", Operator.single(WindowOperators::globalAverage));
    table.put("GlobalMaxPool", Operator.single(WindowOperators::globalMax));
  }

  /** The input as an image with its channels last, and how results become the graph's again. */
  private record Canvas(NodeCall call, Tensor image, boolean isSignal) {
    static Canvas of(NodeCall call) {
      var x = call.image(0).tensor();
      check(x.rank() <= 4, "%s takes images and signals, not volumes", call);
      var isSignal = x.rank() == 3;
      return new Canvas(
          call,
          isSignal
              ? call.use(Reshape.apply(call.tape(), x, x.size(0), 1, x.size(1), x.size(2)))
              : x,
          isSignal);
    }

    Value result(Tensor y) {
      return new Real(
          isSignal ? Reshape.apply(call.tape(), call.use(y), y.size(0), y.size(2), y.size(3)) : y,
          true);
    }

    /** Numbers for the axes of the window; those of a signal are for its columns. */
    int[] ofAxes(long[] given, int forSignals) {
      return isSignal
          ? new int[] {forSignals, Math.toIntExact(given[0])}
          : Arrays.stream(given).mapToInt(Math::toIntExact).toArray();
    }

    long height() {
      return image.size(1);
    }

    long width() {
      return image.size(2);
    }
  }

  /**
   * A window with a padding for each side.
   *
   * @param pads before the rows, before the columns, behind the rows, behind the columns
   */
  private record Geometry(int[] size, int[] strides, int[] dilations, int[] pads, boolean ceiling) {

    static Geometry of(Canvas canvas, long[] kernel) {
      var call = canvas.call();
      var spatial = canvas.isSignal() ? 1 : 2;
      check(kernel.length == spatial, "%s has a window of %d axes", call, kernel.length);
      var size = canvas.ofAxes(kernel, 1);
      var strides = canvas.ofAxes(call.wholes("strides", spatial, 1), 1);
      var dilations = canvas.ofAxes(call.wholes("dilations", spatial, 1), 1);
      var given = call.wholes("pads", 2 * spatial, 0);
      var pads =
          canvas.isSignal()
              ? new int[] {0, Math.toIntExact(given[0]), 0, Math.toIntExact(given[1])}
              : Arrays.stream(given).mapToInt(Math::toIntExact).toArray();
      var geometry = new Geometry(size, strides, dilations, pads, call.whole("ceil_mode", 0) != 0);
      return geometry.padded(call.text("auto_pad", "NOTSET"), canvas.height(), canvas.width());
    }

    private Geometry padded(String mode, long height, long width) {
      if (mode.equals("NOTSET") || mode.isEmpty()) {
        return this;
      }
      var automatic = new int[4];
      if (!mode.equals("VALID")) {
        var lengths = new long[] {height, width};
        for (var axis = 0; axis < 2; axis++) {
          var steps = Math.ceilDiv(lengths[axis], strides[axis]);
          var needed = Math.max(0, (steps - 1) * strides[axis] + span(axis) - lengths[axis]);
          var first = mode.equals("SAME_LOWER") ? Math.ceilDiv(needed, 2) : needed / 2;
          automatic[axis] = (int) first;
          automatic[axis + 2] = (int) (needed - first);
        }
      }
      return new Geometry(size, strides, dilations, automatic, ceiling);
    }

    int span(int axis) {
      return (size[axis] - 1) * dilations[axis] + 1;
    }

    boolean isEven() {
      return pads[0] == pads[2] && pads[1] == pads[3];
    }

    /** The window with the padding of the first sides. */
    SlidingWindow window() {
      return window(pads[0], pads[1]);
    }

    SlidingWindow window(int rows, int columns) {
      return new SlidingWindow(
          size[0],
          size[1],
          strides[0],
          strides[1],
          rows,
          columns,
          dilations[0],
          dilations[1],
          ceiling);
    }

    /** The image with the padding as pixels of its own. */
    Tensor border(NodeCall call, Tensor image, double value) {
      var x = image;
      for (var axis = 0; axis < 2; axis++) {
        if (pads[axis] > 0 || pads[axis + 2] > 0) {
          x = call.use(Pad.apply(call.tape(), x, axis + 1, pads[axis], pads[axis + 2], value));
        }
      }
      return x;
    }
  }

  private static Value convolution(NodeCall call) {
    var canvas = Canvas.of(call);
    var weights = call.input(1);
    check(
        weights.rank() == call.input(0).rank(),
        "%s has weights of %d axes for inputs of %d",
        call,
        weights.rank(),
        call.input(0).rank());
    var shape = weights.shape();
    var geometry = Geometry.of(canvas, Arrays.copyOfRange(shape, 2, shape.length));
    var weight = weight(call, weights, canvas.isSignal());
    var bias = bias(call, shape[0]);
    var groups = Math.toIntExact(call.whole("group", 1));
    var even = geometry.isEven();
    var image = even ? canvas.image() : geometry.border(call, canvas.image(), 0);
    var window = even ? geometry.window() : geometry.window(0, 0);
    return canvas.result(
        Convolution2d.apply(call.tape(), image, weight, bias, window, groups, call.withRelu()));
  }

  /** {@code [filters, channels, …]} as the engine's {@code [height, width, channels, filters]}. */
  private static Tensor weight(NodeCall call, Value weights, boolean isSignal) {
    if (weights instanceof Known(var array)) {
      return call.constant(array, "convolution", given -> channelsBeforeFilters(given, isSignal));
    }
    return call.use(
        Transpose.apply(call.tape(), asImage(call, call.tensor(weights), isSignal), 2, 3, 1, 0));
  }

  private static Tensor asImage(NodeCall call, Tensor x, boolean isSignal) {
    return isSignal
        ? call.use(Reshape.apply(call.tape(), x, x.size(0), x.size(1), 1, x.size(2)))
        : x;
  }

  private static NumericArray channelsBeforeFilters(NumericArray given, boolean isSignal) {
    return HostMath.transpose(asImage(given, isSignal), 2, 3, 1, 0);
  }

  private static NumericArray asImage(NumericArray given, boolean isSignal) {
    var shape = given.shape();
    return isSignal ? given.reshaped(shape[0], shape[1], 1, shape[2]) : given;
  }

  private static Tensor bias(NodeCall call, long filters) {
    return call.has(2)
        ? call.tensor(2)
        : call.constant(
            call.fixed(
                List.of("no bias", filters),
                () -> new NumericArray(DType.F64, new long[] {filters}, new double[(int) filters])),
            "as it is",
            array -> array);
  }

  private static Value transposedConvolution(NodeCall call) {
    var canvas = Canvas.of(call);
    var shape = call.input(1).shape();
    var kernel = Arrays.copyOfRange(shape, 2, shape.length);
    var spatial = kernel.length;
    var geometry = Geometry.of(canvas, kernel);
    var groups = Math.toIntExact(call.whole("group", 1));
    var extra = canvas.ofAxes(call.wholes("output_padding", spatial, 0), 0);
    var full = new long[2];
    for (var axis = 0; axis < 2; axis++) {
      var length = axis == 0 ? canvas.height() : canvas.width();
      full[axis] = geometry.strides()[axis] * (length - 1) + geometry.span(axis) + extra[axis];
    }
    var pads = transposedPads(call, canvas, geometry, full, extra);
    var weight = transposedWeight(call, canvas.isSignal());
    var y =
        TransposedConvolution2d.apply(
            call.tape(), canvas.image(), weight, geometry.window(0, 0), groups, full[0], full[1]);
    for (var axis = 0; axis < 2; axis++) {
      if (pads[axis + 2] < 0) {
        y = Pad.apply(call.tape(), call.use(y), axis + 1, 0, -pads[axis + 2], 0);
        full[axis] -= pads[axis + 2];
        pads[axis + 2] = 0;
      }
      var length = full[axis] - pads[axis] - pads[axis + 2];
      if (length != full[axis]) {
        y = Slice.apply(call.tape(), call.use(y), axis + 1, pads[axis], length);
      }
    }
    if (call.has(2)) {
      y = Add.apply(call.tape(), call.use(y), call.tensor(2));
    }
    return canvas.result(y);
  }

  /** {@code [channels, filters, …]} as the weights of the convolution that is transposed. */
  private static Tensor transposedWeight(NodeCall call, boolean isSignal) {
    if (call.input(1) instanceof Known(var array)) {
      return call.constant(
          array,
          "transposed convolution",
          given -> HostMath.transpose(asImage(given, isSignal), 2, 3, 1, 0));
    }
    var image = asImage(call, call.tensor(1), isSignal);
    return call.use(Transpose.apply(call.tape(), image, 2, 3, 1, 0));
  }

  /** What is cut off at each side. */
  private static long[] transposedPads(
      NodeCall call, Canvas canvas, Geometry geometry, long[] full, int[] extra) {
    var mode = call.text("auto_pad", "NOTSET");
    var output = call.wholes("output_shape");
    if (mode.equals("NOTSET") && output.isEmpty()) {
      return Arrays.stream(geometry.pads()).asLongStream().toArray();
    }
    var pads = new long[4];
    if (mode.equals("VALID")) {
      return pads;
    }
    for (var axis = 0; axis < 2; axis++) {
      var length = axis == 0 ? canvas.height() : canvas.width();
      var wanted =
          output.isEmpty()
              ? length * geometry.strides()[axis]
              : canvas.isSignal() && axis == 0 ? 1 : output.get()[output.get().length - 2 + axis];
      var total = Math.max(0, full[axis] - wanted);
      var first = mode.equals("SAME_UPPER") ? total / 2 : total - total / 2;
      pads[axis] = first;
      pads[axis + 2] = full[axis] - wanted - first;
    }
    return pads;
  }

  private static List<Value> maxPool(NodeCall call) {
    check(!call.wants(1), "%s gives positions as well, which isn't supported", call);
    var canvas = Canvas.of(call);
    var geometry = Geometry.of(canvas, kernel(call));
    var image = canvas.image();
    var window = geometry.window();
    if (!geometry.isEven() || window.isDilated()) {
      image = geometry.border(call, image, Double.NEGATIVE_INFINITY);
      window = geometry.window(0, 0);
    }
    if (window.isDilated()) {
      image = spreadOut(call, image, window);
      window =
          new SlidingWindow(window.height(), window.width(), window.height(), window.width(), 0, 0);
    }
    return List.of(canvas.result(MaxPool2d.apply(call.tape(), image, window)));
  }

  private static long[] kernel(NodeCall call) {
    return call.wholes("kernel_shape")
        .orElseThrow(() -> new IllegalArgumentException(call + " has no window's size."));
  }

  /** The windows' pixels side by side, so that windows neither overlap nor have gaps. */
  private static Tensor spreadOut(NodeCall call, Tensor image, SlidingWindow window) {
    var rows =
        positions(
            window.outputHeight(image.size(1)),
            window.height(),
            window.strideHeight(),
            window.dilationHeight());
    var columns =
        positions(
            window.outputWidth(image.size(2)),
            window.width(),
            window.strideWidth(),
            window.dilationWidth());
    var shape = new long[] {image.size(0), rows.length, columns.length, image.size(3)};
    var plan =
        RowPlan.of(
            shape,
            index ->
                ((index[0] * image.size(1) + rows[(int) index[1]]) * image.size(2)
                            + columns[(int) index[2]])
                        * image.size(3)
                    + index[3]);
    return call.use(plan.apply(call.tape(), image));
  }

  private static int[] positions(int outputs, int size, int stride, int dilation) {
    return IntStream.range(0, outputs * size)
        .map(i -> i / size * stride + i % size * dilation)
        .toArray();
  }

  private static Value averagePool(NodeCall call) {
    var canvas = Canvas.of(call);
    var geometry = Geometry.of(canvas, kernel(call));
    var countsPadding = call.whole("count_include_pad", 0) != 0;
    var image = canvas.image();
    if (geometry.isEven() && geometry.dilations()[0] == 1 && geometry.dilations()[1] == 1) {
      return canvas.result(
          AveragePool2d.apply(call.tape(), image, geometry.window(), countsPadding));
    }
    check(!geometry.window().isDilated(), "%s has a dilated window, which isn't supported", call);
    var bordered = geometry.border(call, image, 0);
    var window = geometry.window(0, 0);
    var sums = AveragePool2d.apply(call.tape(), bordered, window);
    if (countsPadding) {
      return canvas.result(sums);
    }
    var factors = factors(geometry, canvas, (int) sums.size(1), (int) sums.size(2));
    var shape = new long[] {1, sums.size(1), sums.size(2), 1};
    var tensor =
        call.constant(new NumericArray(DType.F64, shape, factors), "factors", array -> array);
    return canvas.result(Multiply.apply(call.tape(), call.use(sums), tensor));
  }

  /** For each window, all its pixels divided by those of the image itself. */
  private static double[] factors(Geometry geometry, Canvas canvas, int rows, int columns) {
    var factors = new double[rows * columns];
    for (var i = 0; i < factors.length; i++) {
      var tall = inside(geometry, 0, i / columns, canvas.height());
      var wide = inside(geometry, 1, i % columns, canvas.width());
      factors[i] = (double) (geometry.size()[0] * geometry.size()[1]) / (tall * wide);
    }
    return factors;
  }

  private static long inside(Geometry geometry, int axis, int step, long length) {
    var start = (long) step * geometry.strides()[axis] - geometry.pads()[axis];
    return Math.min(start + geometry.size()[axis], length) - Math.max(start, 0);
  }

  private static Value globalAverage(NodeCall call) {
    var image = call.image(0);
    var axes = IntStream.range(1, image.tensor().rank() - 1).toArray();
    return image.with(Mean.apply(call.tape(), image.tensor(), axes));
  }

  private static Value globalMax(NodeCall call) {
    var x = call.image(0).tensor();
    var length = Math.toIntExact(x.elements() / x.size(0) / x.size(-1));
    var column = call.use(Reshape.apply(call.tape(), x, x.size(0), length, 1, x.size(-1)));
    var pooled = ReductionOperators.largestOfColumns(call, column);
    var shape = x.shape();
    Arrays.fill(shape, 1, shape.length - 1, 1);
    return new Real(Reshape.apply(call.tape(), pooled, shape), true);
  }
}
