package org.pellucid.explain.attribution;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.ops.LayerNorm;
import org.pellucid.engine.tensor.Tensor;

/**
 * DeepLIFT's multipliers of a layer normalisation {@code y = γ · c · d + β} with the centred values
 * {@code c = x − μ} and {@code d = 1 / √(mean c² + ε)}.
 *
 * <p>The product is shared by the mean of both orders, {@code Δ(c · d) = Δc · (d + d₀) / 2 + Δd ·
 * (c + c₀) / 2}, as other products are, and the inverse deviation in proportion, {@code Δd = −(d ·
 * d₀)² / (d + d₀) · Δ mean c²}, with {@code Δ mean c² = mean((c + c₀) · Δc)}. So the multipliers
 * are the gradient with means in the place of values, and no difference is divided by.
 */
final class LayerNormMultipliers {
  private LayerNormMultipliers() {}

  static Tensor of(LayerNorm norm, Backward step, Tensor baseline) {
    var gamma = step.input(1).toDoubles();
    var result = step.allocate(step.gradient().shape());
    Elementwise.apply(
        step.engine(),
        Elementwise.parts(result),
        (inputs, multipliers) -> {
          for (var from = 0; from < multipliers.length; from += gamma.length) {
            row(norm.epsilon(), gamma, inputs, from, multipliers);
          }
        },
        result,
        step.input(0),
        baseline,
        step.gradient());
    return result;
  }

  private static void row(
      double epsilon, double[] gamma, double[][] inputs, int from, double[] multipliers) {
    var width = gamma.length;
    var centred = Centred.of(inputs[0], from, width);
    var origin = Centred.of(inputs[1], from, width);
    var inverse = 1 / Math.sqrt(centred.meanSquare() + epsilon);
    var atOrigin = 1 / Math.sqrt(origin.meanSquare() + epsilon);
    var share = 0.0;
    for (var i = 0; i < width; i++) {
      share += inputs[2][from + i] * gamma[i] * (centred.get(i) + origin.get(i)) / 2;
    }
    var slope = -Math.pow(inverse * atOrigin, 2) / (inverse + atOrigin);
    var numbers = new double[width];
    for (var i = 0; i < width; i++) {
      numbers[i] =
          inputs[2][from + i] * gamma[i] * (inverse + atOrigin) / 2
              + share * slope * (centred.get(i) + origin.get(i)) / width;
    }
    Centred.of(numbers, 0, width).copyTo(multipliers, from);
  }
}
