package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.IntStream;
import org.pellucid.engine.kernels.ConvolutionLayer;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Concatenate;
import org.pellucid.engine.ops.Convolution2d;
import org.pellucid.engine.ops.ConvolutionChain;
import org.pellucid.engine.ops.Pad;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.ops.TransposedConvolution2d;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.weights.DType;

/**
 * Convolutions of signals, images and volumes, and their transposes.
 *
 * <p>A volume's is one of images: the slices under a window become channels of one image, and a
 * transposed one gives an image for each slice that a window reaches, which are added up.
 */
final class ConvolutionOperators {
  private ConvolutionOperators() {}

  static void addTo(Map<String, Operator> table) {
    table.put("Conv", Operator.single(ConvolutionOperators::convolution));
    table.put("ConvInteger", Operator.single(ConvolutionOperators::ofWholes));
    table.put("ConvTranspose", Operator.single(ConvolutionOperators::transposed));
  }

  /** Operators of nodes that {@link ConvolutionChainPattern} made. */
  static void addChainTo(Map<String, Operator> table) {
    table.put(ConvolutionChainPattern.OPERATION, Operator.single(ConvolutionOperators::chain));
  }

  private static Value convolution(NodeCall call) {
    var bias = bias(call, 2, weightShape(call)[0]);
    return convolution(Volume.of(call), weight(call, 1), bias);
  }

  /** The convolutions of a chain, of which the second has a window. */
  private static Value chain(NodeCall call) {
    var input = Volume.of(call);
    var rectifiers = call.wholes(ConvolutionChainPattern.RECTIFIERS, 3, 0);
    var layers = new ArrayList<ConvolutionLayer>();
    for (var i = 0; i < rectifiers.length; i++) {
      var position = 1 + 2 * i;
      if (call.has(position)) {
        var shape = call.input(position).shape();
        var window = SlidingWindow.square(1, 1, 0);
        if (i == 1) {
          var moving = Window.of(call, input, Arrays.copyOfRange(shape, 2, shape.length));
          moving.checkRoom(call, input, shape[0]);
          window = moving.inSlice();
        }
        layers.add(
            new ConvolutionLayer(
                weight(call, position),
                bias(call, position + 1, shape[0]),
                window,
                Rectifier.values()[(int) rectifiers[i]]));
      }
    }
    return input.result(ConvolutionChain.apply(call.tape(), input.slices(), layers));
  }

  private static Value convolution(Volume input, Tensor weight, Tensor bias) {
    var call = input.call();
    var shape = weightShape(call);
    var window = Window.of(call, input, Arrays.copyOfRange(shape, 2, shape.length));
    var groups = groups(call);
    window.checkRoom(call, input, shape[0]);
    var slices = input.isDeep() ? underWindows(input, window, groups) : input.slices();
    var even =
        window.begins()[Window.ROWS] == window.ends()[Window.ROWS]
            && window.begins()[Window.COLUMNS] == window.ends()[Window.COLUMNS];
    var image = even ? slices : window.padded(call, slices, 0);
    return input.result(
        Convolution2d.apply(
            call.tape(),
            image,
            weight,
            bias,
            even ? window.inSlice() : window.inPaddedSlice(),
            groups,
            call.rectifier()));
  }

  /** Sums of whole numbers, exact in double precision. */
  private static Value ofWholes(NodeCall call) {
    var x = shifted(call, 0, 2);
    check(x.shape().length >= 3, "%s takes [batch, channels, …], and not %s", call, x);
    var axes = Value.toChannelsLast(x.shape().length);
    var filters = weightShape(call)[0];
    var bias = new NumericArray(DType.F64, new long[] {filters}, new double[(int) filters]);
    var sums =
        convolution(
            Volume.of(call, exact(call, HostMath.transpose(x, axes))),
            exact(call, turned(shifted(call, 1, 3))),
            exact(call, bias));
    return new Known(call.known(sums).cast(DType.I32));
  }

  /** The input less its zero point, one for all numbers or for each filter. */
  private static NumericArray shifted(NodeCall call, int position, int zeroPoint) {
    var array = call.known(position);
    if (!call.has(zeroPoint)) {
      return array;
    }
    var zeros = call.known(zeroPoint);
    var shape = array.shape();
    Arrays.fill(shape, 1);
    if (zeros.elements() > 1) {
      shape[0] = zeros.elements();
    }
    return HostMath.combine(DType.I32, array, zeros.reshaped(shape), (a, b) -> a - b);
  }

  private static Tensor exact(NodeCall call, NumericArray array) {
    var tensor = call.use(call.tape().allocate(ElementType.FLOAT64, array.shape()));
    tensor.set(array.values());
    return tensor;
  }

  private static long[] weightShape(NodeCall call) {
    var shape = call.input(1).shape();
    check(
        shape.length == call.input(0).rank(),
        "%s has weights of %d axes for inputs of %d",
        call,
        shape.length,
        call.input(0).rank());
    return shape;
  }

  private static int groups(NodeCall call) {
    var groups = Math.toIntExact(call.whole("group", 1));
    check(groups > 0, "%s can't have %d groups", call, groups);
    return groups;
  }

  /**
   * For each step along depth, the slices under the window, their channels side by side: by group,
   * then by slice.
   */
  private static Tensor underWindows(Volume input, Window window, int groups) {
    var call = input.call();
    var deep = window.padded(call, input.tensor(), 1, Window.DEPTH, 0);
    var slices = Volume.of(call, deep).slices();
    var steps = window.steps(Window.DEPTH, input.length(Window.DEPTH));
    var taps = window.size()[Window.DEPTH];
    var parts = new Tensor[taps];
    for (var tap = 0; tap < taps; tap++) {
      var offset = tap * window.dilations()[Window.DEPTH];
      var stride = window.strides()[Window.DEPTH];
      parts[tap] =
          input.slicesAt(
              slices, IntStream.range(0, steps).map(step -> step * stride + offset).toArray());
    }
    var joined = call.use(Concatenate.apply(call.tape(), 3, parts));
    return exchanged(call, joined, taps, groups);
  }

  /** Channels that were sorted by one number first and are by the other now. */
  private static Tensor exchanged(NodeCall call, Tensor x, int outer, int inner) {
    if (outer == 1 || inner == 1) {
      return x;
    }
    var channels = x.size(3);
    check(channels % inner == 0, "%s can't have %d groups of channels", call, inner);
    var pixels = x.elements() / channels;
    var width = channels / outer / inner;
    var split = call.use(Reshape.apply(call.tape(), x, pixels, outer, inner, width));
    var turned = call.use(Transpose.apply(call.tape(), split, 0, 2, 1, 3));
    return call.use(Reshape.apply(call.tape(), turned, x.shape()));
  }

  /**
   * {@code [filters, channels, …]} as the engine's {@code [rows, columns, channels, filters]},
   * where a volume's slices stand before the channels.
   */
  private static Tensor weight(NodeCall call, int position) {
    if (call.input(position) instanceof Known(var array)) {
      return call.constant(array, "convolution", ConvolutionOperators::turned);
    }
    var given = call.tensor(position);
    var tape = call.tape();
    var split = call.use(Reshape.apply(tape, given, withAllAxes(given.shape())));
    var turned = call.use(Transpose.apply(tape, split, 3, 4, 2, 1, 0));
    return call.use(Reshape.apply(tape, turned, joined(turned.shape())));
  }

  private static NumericArray turned(NumericArray given) {
    var turned = HostMath.transpose(given.reshaped(withAllAxes(given.shape())), 3, 4, 2, 1, 0);
    return turned.reshaped(joined(turned.shape()));
  }

  /** {@code [filters, channels, depth, rows, columns]}. */
  private static long[] withAllAxes(long[] shape) {
    var all = new long[] {shape[0], shape[1], 1, 1, 1};
    System.arraycopy(shape, 2, all, 7 - shape.length, shape.length - 2);
    return all;
  }

  private static long[] joined(long[] turned) {
    return new long[] {turned[0], turned[1], turned[2] * turned[3], turned[4]};
  }

  private static Tensor bias(NodeCall call, int position, long filters) {
    return call.has(position) ? call.tensor(position) : ProductOperators.noBias(call, filters);
  }

  private static Value transposed(NodeCall call) {
    var input = Volume.of(call);
    var shape = weightShape(call);
    var window = Window.of(call, input, Arrays.copyOfRange(shape, 2, shape.length));
    var groups = groups(call);
    var extra = Window.ofAxes(call.wholes("output_padding", input.spatial(), 0), 0);
    var full = new long[3];
    for (var axis = 0; axis < 3; axis++) {
      check(extra[axis] >= 0, "%s has a negative padding of its output", call);
      full[axis] =
          window.strides()[axis] * (input.length(axis) - 1) + window.span(axis) + extra[axis];
    }
    var taps = (long) window.size()[Window.DEPTH];
    call.checkRoom(
        input.batch() * input.length(Window.DEPTH),
        full[Window.ROWS],
        full[Window.COLUMNS],
        taps * shape[1] * groups);
    var slices =
        TransposedConvolution2d.apply(
            call.tape(),
            input.slices(),
            weight(call, 1),
            window.inPaddedSlice(),
            groups,
            full[Window.ROWS],
            full[Window.COLUMNS]);
    var y = input.isDeep() ? addedUp(input, call.use(slices), window, groups, full) : slices;
    y = cut(input, y, OutputPadding.of(call, input, window, full, extra));
    if (call.has(2)) {
      y = Add.apply(call.tape(), call.use(y), call.tensor(2));
    }
    return input.result(y);
  }

  /** Each window's slices, added to the others at their depths. */
  private static Tensor addedUp(
      Volume input, Tensor given, Window window, int groups, long[] full) {
    var call = input.call();
    var tape = call.tape();
    var taps = window.size()[Window.DEPTH];
    var depth = (int) input.length(Window.DEPTH);
    var sorted = exchanged(call, given, groups, taps);
    var channels = sorted.size(3) / taps;
    var sum = sorted;
    for (var tap = 0; tap < taps; tap++) {
      var slices = call.use(Slice.apply(tape, sorted, 3, tap * channels, channels));
      var volume =
          call.use(
              Reshape.apply(
                  tape, slices, input.batch(), depth, slices.size(1), slices.size(2), channels));
      var withZeros = call.use(Pad.apply(tape, volume, 1, 0, 1, 0));
      var depths = new int[Math.toIntExact(full[Window.DEPTH])];
      Arrays.fill(depths, depth);
      for (var at = 0; at < depth; at++) {
        depths[at * window.strides()[Window.DEPTH] + tap * window.dilations()[Window.DEPTH]] = at;
      }
      var placed = input.slicesAt(Volume.of(call, withZeros).slices(), depths);
      sum = tap == 0 ? placed : call.use(Add.apply(tape, sum, placed));
    }
    return sum;
  }

  /** The output without its padding; a negative one is added as zeros. */
  private static Tensor cut(Volume input, Tensor slices, OutputPadding padding) {
    var call = input.call();
    var tape = call.tape();
    var depth = slices.size(0) / input.batch();
    var shape = new long[] {input.batch(), depth, slices.size(1), slices.size(2), slices.size(3)};
    var y = slices;
    for (var axis = 0; axis < 3; axis++) {
      var before = padding.begins()[axis];
      var after = padding.ends()[axis];
      if (before == 0 && after == 0) {
        continue;
      }
      y = call.use(Reshape.apply(tape, call.use(y), shape));
      if (after < 0) {
        y = call.use(Pad.apply(tape, y, axis + 1, 0, -after, 0));
      }
      shape[axis + 1] -= before + after;
      y = call.use(Slice.apply(tape, y, axis + 1, before, shape[axis + 1]));
    }
    return y == slices
        ? slices
        : Reshape.apply(tape, y, shape[0] * shape[1], shape[2], shape[3], shape[4]);
  }

  /** What is cut off a transposed convolution's output at each side. */
  private record OutputPadding(long[] begins, long[] ends) {

    static OutputPadding of(NodeCall call, Volume input, Window window, long[] full, int[] extra) {
      var mode = call.text("auto_pad", "NOTSET");
      var output = call.wholes("output_shape");
      if (mode.equals("NOTSET") && output.isEmpty()) {
        return new OutputPadding(wide(window.begins()), wide(window.ends()));
      }
      var begins = new long[3];
      var ends = new long[3];
      if (mode.equals("VALID")) {
        return new OutputPadding(begins, ends);
      }
      var spatial = input.spatial();
      check(
          output.isEmpty() || output.get().length >= spatial,
          "The output_shape of %s needs %d numbers",
          call,
          spatial);
      for (var axis = 3 - spatial; axis < 3; axis++) {
        var wanted =
            output.isEmpty()
                ? input.length(axis) * window.strides()[axis]
                : output.get()[output.get().length - 3 + axis];
        var total = Math.max(0, full[axis] - wanted);
        begins[axis] = mode.equals("SAME_UPPER") ? total / 2 : total - total / 2;
        ends[axis] = full[axis] - wanted - begins[axis];
      }
      return new OutputPadding(begins, ends);
    }

    private static long[] wide(int[] numbers) {
      return Arrays.stream(numbers).asLongStream().toArray();
    }
  }
}
