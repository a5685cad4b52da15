package org.pellucid.models.nn;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.pellucid.engine.tensor.Tensor;

/** Layers with tensors of their own: the same numbers, or those of a network before training. */
final class CopiedLayers {
  private CopiedLayers() {}

  /** A layer with the same numbers. */
  static Layer copy(Layer layer) {
    return with(layer, CopiedLayers::copy, CopiedLayers::copy);
  }

  /**
   * A layer distributed as PyTorch initialises it: weights and biases uniform in {@code ±1/√n} with
   * {@code n} inputs to each output, a batch normalisation the identity; a bias that stands for
   * none stays 0. Layers without parameters are copied.
   */
  static Layer random(Layer layer, long seed) {
    return switch (layer) {
      case Layer.Convolution2d c -> {
        var size = c.weight().shape();
        var numbers = new Uniform(seed, size[0] * size[1] * size[2]);
        yield with(layer, numbers::like, c.biased() ? numbers::like : CopiedLayers::copy);
      }
      case Layer.Linear l -> {
        var numbers = new Uniform(seed, l.weight().size(1));
        yield with(layer, numbers::like, l.biased() ? numbers::like : CopiedLayers::copy);
      }
      case Layer.BatchNorm norm ->
          new Layer.BatchNorm(
              constant(norm.gamma(), 1),
              constant(norm.beta(), 0),
              constant(norm.mean(), 0),
              constant(norm.variance(), 1),
              norm.epsilon());
      default -> copy(layer);
    };
  }

  private static Layer with(Layer layer, UnaryOperator<Tensor> weight, UnaryOperator<Tensor> bias) {
    return switch (layer) {
      case Layer.Convolution2d c ->
          new Layer.Convolution2d(
              weight.apply(c.weight()),
              bias.apply(c.bias()),
              c.window(),
              c.groups(),
              c.biased(),
              c.rectifier());
      case Layer.Linear l ->
          new Layer.Linear(weight.apply(l.weight()), bias.apply(l.bias()), l.biased());
      case Layer.BatchNorm n ->
          new Layer.BatchNorm(
              copy(n.gamma()), copy(n.beta()), copy(n.mean()), copy(n.variance()), n.epsilon());
      case Layer.Normalise n ->
          new Layer.Normalise(n.constants(), copy(n.mean()), copy(n.inverseDeviation()));
      default -> layer;
    };
  }

  private static Tensor copy(Tensor tensor) {
    var copy = Tensor.uninitialised(tensor.type(), tensor.shape());
    copy.set(tensor.toDoubles());
    return copy;
  }

  private static Tensor constant(Tensor like, double value) {
    var tensor = Tensor.uninitialised(like.type(), like.shape());
    var values = new double[Math.toIntExact(like.elements())];
    Arrays.fill(values, value);
    tensor.set(values);
    return tensor;
  }

  /** Numbers that are drawn for one tensor after another. */
  private static final class Uniform {
    private final SplittableRandom random;
    private final double bound;

    Uniform(long seed, long inputs) {
      random = new SplittableRandom(seed);
      bound = 1 / Math.sqrt(inputs);
    }

    Tensor like(Tensor tensor) {
      var values = new float[Math.toIntExact(tensor.elements())];
      for (var i = 0; i < values.length; i++) {
        values[i] = (float) (bound * (2 * random.nextDouble() - 1));
      }
      var drawn = Tensor.uninitialised(tensor.type(), tensor.shape());
      drawn.set(values);
      return drawn;
    }
  }
}
