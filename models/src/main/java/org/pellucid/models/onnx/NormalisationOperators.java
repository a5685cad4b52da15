package org.pellucid.models.onnx;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.AveragePool2d;
import org.pellucid.engine.ops.BatchNorm;
import org.pellucid.engine.ops.Elementwise;
import org.pellucid.engine.ops.LayerNorm;
import org.pellucid.engine.ops.Mean;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Pad;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Sum;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.onnx.Value.Real;
import org.pellucid.weights.DType;

/** What brings numbers to a common size, by statistics of training or by their own. */
final class NormalisationOperators {
  private NormalisationOperators() {}

  static void addTo(Map<String, Operator> table) {
    table.put("BatchNormalization", Operator.single(NormalisationOperators::batch));
    table.put("InstanceNormalization", Operator.single(NormalisationOperators::instance));
    table.put("GroupNormalization", Operator.single(NormalisationOperators::group));
    table.put("LayerNormalization", NormalisationOperators::layer);
    table.put(
        "MeanVarianceNormalization", Operator.single(NormalisationOperators::meanAndVariance));
    table.put("LRN", Operator.single(NormalisationOperators::localResponse));
    table.put("LpNormalization", Operator.single(NormalisationOperators::length));
  }

  private static Value batch(NodeCall call) {
    check(
        call.whole("training_mode", 0) == 0,
        "%s normalises as in training; export the model for evaluation",
        call);
    var real = call.input(0).rank() >= 3 ? call.image(0) : new Real(call.tensor(0), false);
    return real.with(
        BatchNorm.apply(
            call.tape(),
            real.tensor(),
            call.tensor(1),
            call.tensor(2),
            call.tensor(3),
            call.tensor(4),
            call.number("epsilon", 1e-5)));
  }

  private static Value instance(NodeCall call) {
    return grouped(call, call.input(0).shape()[1], true);
  }

  /** Since version 21 scale and shift are the channels', before that the groups'. */
  private static Value group(NodeCall call) {
    return grouped(call, call.whole("num_groups", 1), call.opset() >= 21);
  }

  private static Value grouped(NodeCall call, long groups, boolean perChannel) {
    var tape = call.tape();
    var x = call.tensor(0);
    var shape = x.shape();
    check(
        shape.length >= 2 && groups > 0 && shape[1] % groups == 0,
        "%s can't make %d groups of %s",
        call,
        groups,
        shape);
    var length = x.elements() / shape[0] / groups;
    var rows = call.use(Reshape.apply(tape, x, shape[0] * groups, length));
    var normalised = call.use(normalised(call, rows, call.number("epsilon", 1e-5)));
    var channels = new long[] {shape[0], perChannel ? shape[1] : groups, 0};
    channels[2] = x.elements() / channels[0] / channels[1];
    var split = call.use(Reshape.apply(tape, normalised, channels));
    var scale = column(call, 1, channels[1]);
    var shift = column(call, 2, channels[1]);
    var scaled = call.use(Multiply.apply(tape, split, scale));
    var y = call.use(Add.apply(tape, scaled, shift));
    return new Real(Reshape.apply(tape, y, shape), false);
  }

  private static Tensor column(NodeCall call, int position, long length) {
    var tensor = call.tensor(position);
    return call.use(Reshape.apply(call.tape(), tensor, length, 1));
  }

  /** Rows with the mean 0 and the variance 1. */
  private static Tensor normalised(NodeCall call, Tensor rows, double epsilon) {
    var width = rows.size(-1);
    return LayerNorm.apply(call.tape(), rows, all(call, width, 1), all(call, width, 0), epsilon);
  }

  private static Tensor all(NodeCall call, long length, double value) {
    var values = new double[Math.toIntExact(length)];
    Arrays.fill(values, value);
    return call.constant(
        new NumericArray(DType.F64, new long[] {length}, values), "all", array -> array);
  }

  /** Over all axes from one on, with mean and deviation as further outputs. */
  private static List<Value> layer(NodeCall call) {
    var tape = call.tape();
    var x = call.tensor(0);
    var shape = x.shape();
    var axis = Value.axis(call.whole("axis", -1), shape.length);
    var epsilon = call.number("epsilon", 1e-5);
    var rows = Shapes.elements(Arrays.copyOf(shape, axis));
    var width = x.elements() / rows;
    var flat = call.use(Reshape.apply(tape, x, rows, width));
    var scale = call.use(Reshape.apply(tape, call.tensor(1), width));
    var shift =
        call.has(2) ? call.use(Reshape.apply(tape, call.tensor(2), width)) : all(call, width, 0);
    var y = call.use(LayerNorm.apply(tape, flat, scale, shift, epsilon));
    var outputs = new ArrayList<Value>();
    outputs.add(new Real(Reshape.apply(tape, y, shape), false));
    if (call.wants(1) || call.wants(2)) {
      var kept = shape.clone();
      Arrays.fill(kept, axis, kept.length, 1);
      var mean = Mean.apply(tape, flat, 1);
      outputs.add(new Real(Reshape.apply(tape, call.use(mean), kept), false));
      outputs.add(new Real(deviation(call, flat, mean, epsilon, kept), false));
    }
    return outputs;
  }

  /** {@code 1 / √(σ² + ε)}. */
  private static Tensor deviation(
      NodeCall call, Tensor rows, Tensor mean, double epsilon, long[] shape) {
    var tape = call.tape();
    var centred = call.use(Add.apply(tape, rows, call.use(Scale.apply(tape, mean, -1))));
    var squares = call.use(Multiply.apply(tape, centred, centred));
    var variance = call.use(Mean.apply(tape, squares, 1));
    var moved = call.use(Add.apply(tape, variance, call.scalar(epsilon)));
    var inverse = call.use(Elementwise.apply(tape, new ElementFunction.Power(-0.5), moved));
    return Reshape.apply(tape, inverse, shape);
  }

  /** {@code (x − μ) / (σ + 1e-9)} over some axes, by the standard deviation of all. */
  private static Value meanAndVariance(NodeCall call) {
    var tape = call.tape();
    var x = call.tensor(0);
    var given = call.wholes("axes").orElse(new long[] {0, 2, 3});
    var axes = Arrays.stream(given).mapToInt(axis -> Value.axis(axis, x.rank())).toArray();
    var mean = call.use(Mean.apply(tape, x, axes));
    var centred = call.use(Add.apply(tape, x, call.use(Scale.apply(tape, mean, -1))));
    var squares = call.use(Multiply.apply(tape, centred, centred));
    var variance = call.use(Mean.apply(tape, squares, axes));
    var deviation = call.use(Elementwise.apply(tape, new ElementFunction.SquareRoot(), variance));
    var moved = call.use(Add.apply(tape, deviation, call.scalar(1e-9)));
    var inverse = call.use(Elementwise.apply(tape, new ElementFunction.Reciprocal(), moved));
    return new Real(Multiply.apply(tape, centred, inverse), false);
  }

  /** {@code x / (bias + alpha / size · Σ x²)^beta} over neighbouring channels. */
  private static Value localResponse(NodeCall call) {
    var tape = call.tape();
    var image = call.image(0);
    var x = image.tensor();
    var size = Math.toIntExact(call.whole("size", 1));
    var channels = x.size(-1);
    var squares = call.use(Multiply.apply(tape, x, x));
    var column = call.use(Reshape.apply(tape, squares, x.elements() / channels, channels, 1, 1));
    var before = (size - 1) / 2;
    var padded =
        size == 1 ? column : call.use(Pad.apply(tape, column, 1, before, size - 1 - before, 0));
    var means = call.use(AveragePool2d.apply(tape, padded, new SlidingWindow(size, 1, 1, 1, 0, 0)));
    var scaled = call.use(Scale.apply(tape, means, call.number("alpha", 1e-4)));
    var based = call.use(Add.apply(tape, scaled, call.scalar(call.number("bias", 1))));
    var power = new ElementFunction.Power(-call.number("beta", 0.75));
    var factors = call.use(Elementwise.apply(tape, power, based));
    var shaped = call.use(Reshape.apply(tape, factors, x.shape()));
    return image.with(Multiply.apply(tape, x, shaped));
  }

  /** {@code x / (Σ |x|ᵖ)^(1/p)} along an axis. */
  private static Value length(NodeCall call) {
    var tape = call.tape();
    var x = call.tensor(0);
    var axis = Value.axis(call.whole("axis", -1), x.rank());
    var squared = call.whole("p", 2) == 2;
    var function = squared ? new ElementFunction.Power(2) : new ElementFunction.Absolute();
    var parts = call.use(Elementwise.apply(tape, function, x));
    var sum = call.use(Sum.apply(tape, parts, axis));
    var power = new ElementFunction.Power(squared ? -0.5 : -1);
    return new Real(Multiply.apply(tape, x, call.use(Elementwise.apply(tape, power, sum))), false);
  }
}
