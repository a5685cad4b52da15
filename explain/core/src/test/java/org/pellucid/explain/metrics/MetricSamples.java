package org.pellucid.explain.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.attribution.Saliency;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Display;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.nn.ConvolutionalNetwork.NamedLayer;
import org.pellucid.models.nn.Layer;

/** Linear models in double precision, and explanations made by hand. */
final class MetricSamples {
  private MetricSamples() {}

  /** {@code yⱼ = Σ wⱼᵢ xᵢ} with a weight for each output and value. */
  static ConvolutionalNetwork linear(int channels, int height, int width, double[]... weights) {
    var size = channels * height * width;
    var all = new double[weights.length * size];
    for (var output = 0; output < weights.length; output++) {
      for (var i = 0; i < size; i++) {
        // The layer's features are channels-last.
        var pixel = i % (height * width);
        var channel = i / (height * width);
        all[output * size + pixel * channels + channel] = weights[output][i];
      }
    }
    return new ConvolutionalNetwork(
        List.of(
            new NamedLayer("flatten", new Layer.Flatten()),
            new NamedLayer(
                "sum",
                new Layer.Linear(
                    Tensor.of(all, weights.length, size),
                    Tensor.of(new double[weights.length], weights.length)))),
        channels,
        height,
        width);
  }

  /** {@code y = Σ xᵢ}. */
  static ConvolutionalNetwork sum(int channels, int height, int width) {
    var ones = new double[channels * height * width];
    Arrays.fill(ones, 1);
    return linear(channels, height, width, ones);
  }

  static Values values(IntToDoubleFunction of, long... shape) {
    var numbers = new float[(int) org.pellucid.engine.tensor.Shapes.elements(shape)];
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = (float) of.applyAsDouble(i);
    }
    return Values.of(numbers, shape);
  }

  /** Values from 0.05 to 1 without equal neighbours. */
  static Values input(long... shape) {
    return values(i -> 0.05 + 0.95 * ((i * 37 + 11) % 101) / 101.0, shape);
  }

  static Explanation explanation(Values map, Target target, Values outputs) {
    return new Explanation(
        "given", map, Display.MAP, target, outputs, Map.of(), 0, 0, List.of(), Map.of(), 0);
  }

  static MetricContext context(ConvolutionalNetwork model, Values input) {
    return context(model, input, Saliency.standard());
  }

  static MetricContext context(ConvolutionalNetwork model, Values input, Method method) {
    return new MetricContext(
        method, new Evaluator(Engine.portable(), model), input, RunOptions.standard());
  }

  static MetricContext masked(MetricContext context, Values mask) {
    return new MetricContext(
        context.method(),
        context.evaluator(),
        context.input(),
        Optional.of(Mask.of(mask)),
        context.options());
  }

  /** The figure for a map given by hand, target 0. */
  static double figure(Metric metric, Values map, MetricContext context) {
    var outputs = context.evaluator().outputs(context.input());
    return metric.quality(explanation(map, Target.output(0), outputs), context).value();
  }

  /** A method that gives the same map for every model and input. */
  record Constant(Values map) implements Method {
    @Override
    public MethodDescriptor descriptor() {
      return MethodDescriptor.of("constant", "Constant", "The same map always.", this);
    }

    @Override
    public Explanation explain(
        Evaluator evaluator, Values input, Target target, RunOptions options) {
      return Explanation.begin(this, evaluator, input, target, options).end(map);
    }
  }
}
