package org.pellucid.models.nn;

import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/**
 * Batch normalisation in evaluation mode folded into the convolution before it: {@code W' = W · s}
 * and {@code b' = (b − μ) · s + β} for each filter, with {@code s = γ / √(σ² + ε)}; computed in
 * double precision.
 */
final class Folding {
  private Folding() {}

  static Layer.Convolution2d fold(Layer.Convolution2d convolution, Layer.BatchNorm norm) {
    var gamma = norm.gamma().toDoubles();
    var beta = norm.beta().toDoubles();
    var mean = norm.mean().toDoubles();
    var variance = norm.variance().toDoubles();
    var weight = convolution.weight().toDoubles();
    var bias = convolution.bias().toDoubles();
    var filters = bias.length;
    var scale = new double[filters];
    for (var k = 0; k < filters; k++) {
      scale[k] = gamma[k] / Math.sqrt(variance[k] + norm.epsilon());
      bias[k] = (bias[k] - mean[k]) * scale[k] + beta[k];
    }
    for (var row = 0; row < weight.length; row += filters) {
      for (var k = 0; k < filters; k++) {
        weight[row + k] *= scale[k];
      }
    }
    var type = convolution.weight().type();
    return new Layer.Convolution2d(
        filled(type, weight, convolution.weight().shape()),
        filled(type, bias, filters),
        convolution.window(),
        convolution.groups(),
        true,
        convolution.rectifier());
  }

  private static Tensor filled(ElementType type, double[] values, long... shape) {
    var tensor = Tensor.uninitialised(type, shape);
    tensor.set(values);
    return tensor;
  }
}
