package org.pellucid.models.nn;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.models.nn.ActivationFunction.ExponentialLinear;
import org.pellucid.models.nn.ActivationFunction.LeakyRectifier;
import org.pellucid.models.nn.ActivationFunction.Plain;

/**
 * What a description means, in plain loops in double precision: images are channels-first and
 * parameters as PyTorch stores them, as nowhere else.
 */
final class PlainNetwork {
  private final NetworkDescription description;
  private final Map<String, double[]> parameters;

  /** One image's values, {@code [c, h, w]}; features have {@code h = w = 1}. */
  record Values(double[] of, int c, int h, int w) {
    double at(int channel, int y, int x) {
      return of[(channel * h + y) * w + x];
    }
  }

  PlainNetwork(NetworkDescription description, Map<String, double[]> parameters) {
    this.description = description;
    this.parameters = parameters;
  }

  double[] outputs(double[] image) {
    var values = new HashMap<String, Values>();
    var x =
        new Values(
            image,
            description.inputChannels(),
            description.inputHeight(),
            description.inputWidth());
    var constants = description.normalisation();
    var normalised = image.clone();
    if (constants.isPresent()) {
      Arrays.setAll(
          normalised,
          i -> {
            var channel = i / x.h() / x.w();
            return (image[i] - constants.get().mean().get(channel))
                / constants.get().std().get(channel);
          });
    }
    var last = new Values(normalised, x.c(), x.h(), x.w());
    values.put("image", last);
    for (var layer : description.layers()) {
      var before = last;
      var inputs =
          layer.inputs().isEmpty()
              ? List.of(before)
              : layer.inputs().stream().map(values::get).toList();
      last = layer(layer.name(), layer.kind(), inputs);
      values.put(layer.name(), last);
    }
    return last.of();
  }

  private Values layer(String name, LayerKind kind, List<Values> inputs) {
    var x = inputs.getFirst();
    return switch (kind) {
      case LayerKind.Convolution convolution -> convolve(name, convolution, x);
      case LayerKind.BatchNorm(var epsilon) -> normalise(name, epsilon, x);
      case LayerKind.Relu() -> each(x, v -> Math.max(v, 0));
      case LayerKind.Activation(var function) -> each(x, v -> function(function, v));
      case LayerKind.Softmax() -> softmax(x);
      case LayerKind.MaxPool(var window) -> pool(x, window, true, true);
      case LayerKind.AveragePool(var window, var counts) -> pool(x, window, false, counts);
      case LayerKind.AdaptivePool(var largest, var size) -> adaptive(x, largest, size);
      case LayerKind.Flatten() -> new Values(x.of(), x.of().length, 1, 1);
      case LayerKind.Dropout _ -> x;
      case LayerKind.Linear linear -> connect(name, linear.outputs(), x);
      case LayerKind.Add() -> add(inputs);
      case LayerKind.Concatenate() -> join(inputs);
      case LayerKind.Normalise() -> throw new AssertionError();
    };
  }

  private static Values each(Values x, DoubleUnaryOperator f) {
    return new Values(Arrays.stream(x.of()).map(f).toArray(), x.c(), x.h(), x.w());
  }

  private static double function(ActivationFunction function, double x) {
    return switch (function) {
      case LeakyRectifier(var slope) -> x > 0 ? x : slope * x;
      case ExponentialLinear(var alpha) -> x > 0 ? x : alpha * Math.expm1(x);
      case Plain.SIGMOID -> 1 / (1 + Math.exp(-x));
      case Plain.TANH -> Math.tanh(x);
      case Plain.GELU -> x * normalDistribution(x);
      case Plain.TANH_GELU ->
          x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
      case Plain.SILU -> x / (1 + Math.exp(-x));
      case Plain.RELU6 -> Math.clamp(x, 0, 6);
      case Plain.HARD_SWISH -> x * Math.clamp(x + 3, 0, 6) / 6;
      case Plain.HARD_SIGMOID -> Math.clamp(x + 3, 0, 6) / 6;
    };
  }

  /** By its series, which converges everywhere: {@code ½ + φ(x) · Σ xⁿ / n!!} over odd n. */
  private static double normalDistribution(double x) {
    var term = x;
    var sum = x;
    for (var n = 3; Math.abs(term) > 1e-18; n += 2) {
      term *= x * x / n;
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  private Values convolve(String name, LayerKind.Convolution kind, Values x) {
    var window = kind.window();
    var weight = parameters.get(name + ".weight");
    var bias = parameters.getOrDefault(name + ".bias", new double[kind.outputs()]);
    var groups = Math.max(1, kind.groups());
    var ofGroup = x.c() / groups;
    var h = window.outputHeight(x.h());
    var w = window.outputWidth(x.w());
    var y = new double[kind.outputs() * h * w];
    for (var o = 0; o < y.length; o++) {
      var filter = o / w / h;
      y[o] = bias[filter];
      for (var i = 0; i < ofGroup * window.pixels(); i++) {
        var channel = filter / (kind.outputs() / groups) * ofGroup + i / window.pixels();
        var tap = i % window.pixels();
        var row =
            o / w % h * window.strideHeight()
                - window.paddingHeight()
                + tap / window.width() * window.dilationHeight();
        var column =
            o % w * window.strideWidth()
                - window.paddingWidth()
                + tap % window.width() * window.dilationWidth();
        if (row >= 0 && row < x.h() && column >= 0 && column < x.w()) {
          y[o] += x.at(channel, row, column) * weight[filter * ofGroup * window.pixels() + i];
        }
      }
    }
    return new Values(y, kind.outputs(), h, w);
  }

  private Values normalise(String name, double epsilon, Values x) {
    var gamma = parameters.get(name + ".weight");
    var beta = parameters.get(name + ".bias");
    var mean = parameters.get(name + ".running_mean");
    var variance = parameters.get(name + ".running_var");
    var y = x.of().clone();
    for (var i = 0; i < y.length; i++) {
      var c = i / x.w() / x.h();
      y[i] = (y[i] - mean[c]) / Math.sqrt(variance[c] + epsilon) * gamma[c] + beta[c];
    }
    return new Values(y, x.c(), x.h(), x.w());
  }

  private static Values softmax(Values x) {
    var sum = Arrays.stream(x.of()).map(Math::exp).sum();
    return each(x, v -> Math.exp(v) / sum);
  }

  private static Values pool(Values x, SlidingWindow window, boolean largest, boolean counts) {
    var h = window.outputHeight(x.h());
    var w = window.outputWidth(x.w());
    var y = new double[x.c() * h * w];
    for (var o = 0; o < y.length; o++) {
      var top = o / w % h * window.strideHeight() - window.paddingHeight();
      var left = o % w * window.strideWidth() - window.paddingWidth();
      var most = Double.NEGATIVE_INFINITY;
      var sum = 0.0;
      var count = 0;
      for (var row = top; row < top + window.height(); row++) {
        for (var column = left; column < left + window.width(); column++) {
          if (row >= 0 && row < x.h() && column >= 0 && column < x.w()) {
            most = Math.max(most, x.at(o / w / h, row, column));
            sum += x.at(o / w / h, row, column);
            count++;
          } else if (counts
              && row < x.h() + window.paddingHeight()
              && column < x.w() + window.paddingWidth()) {
            count++;
          }
        }
      }
      y[o] = largest ? most : sum / count;
    }
    return new Values(y, x.c(), h, w);
  }

  private static Values adaptive(Values x, boolean largest, LayerKind.Extent size) {
    var h = size.height();
    var w = size.width();
    var y = new double[x.c() * h * w];
    for (var o = 0; o < y.length; o++) {
      var most = Double.NEGATIVE_INFINITY;
      var sum = 0.0;
      var count = 0;
      var i = o / w % h;
      var j = o % w;
      for (var row = i * x.h() / h; row < Math.ceilDiv((i + 1) * x.h(), h); row++) {
        for (var column = j * x.w() / w; column < Math.ceilDiv((j + 1) * x.w(), w); column++) {
          most = Math.max(most, x.at(o / w / h, row, column));
          sum += x.at(o / w / h, row, column);
          count++;
        }
      }
      y[o] = largest ? most : sum / count;
    }
    return new Values(y, x.c(), h, w);
  }

  private Values connect(String name, int outputs, Values x) {
    var weight = parameters.get(name + ".weight");
    var y = parameters.getOrDefault(name + ".bias", new double[outputs]).clone();
    for (var o = 0; o < outputs; o++) {
      for (var i = 0; i < x.of().length; i++) {
        y[o] += weight[o * x.of().length + i] * x.of()[i];
      }
    }
    return new Values(y, outputs, 1, 1);
  }

  private static Values add(List<Values> inputs) {
    var sum = new double[inputs.getFirst().of().length];
    inputs.forEach(x -> Arrays.setAll(sum, i -> sum[i] + x.of()[i]));
    var first = inputs.getFirst();
    return new Values(sum, first.c(), first.h(), first.w());
  }

  private static Values join(List<Values> inputs) {
    var all = inputs.stream().flatMapToDouble(x -> Arrays.stream(x.of())).toArray();
    var channels = inputs.stream().mapToInt(Values::c).sum();
    return new Values(all, channels, inputs.getFirst().h(), inputs.getFirst().w());
  }
}
