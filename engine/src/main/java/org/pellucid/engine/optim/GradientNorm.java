package org.pellucid.engine.optim;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.Tensor;

/**
 * The length of all gradients taken as one vector, and its limitation (Pascanu, Mikolov and Bengio,
 * 2013).
 */
public final class GradientNorm {
  /** As PyTorch has it, so that the clipped length stays below the bound. */
  private static final double MARGIN = 1e-6;

  private GradientNorm() {}

  /** The square root of the sum of the squares of all elements. */
  public static double of(Engine engine, List<Tensor> gradients) {
    var sum = 0.0;
    for (var gradient : gradients) {
      sum += squares(engine, gradient);
    }
    return Math.sqrt(sum);
  }

  private static double squares(Engine engine, Tensor gradient) {
    var arithmetic = engine.kernels().forType(gradient.type()).arithmetic();
    try (var flat = gradient.view(gradient.elements());
        var squares = engine.memory().allocate(gradient.type(), gradient.elements());
        var sum = engine.memory().allocate(gradient.type(), 1)) {
      arithmetic.multiply(flat, flat, squares);
      arithmetic.sum(squares, sum);
      return sum.item();
    }
  }

  /**
   * Scales the gradients in place so that their norm is at most {@code largest}; they stay as they
   * are where it is less, or is not finite.
   *
   * @return the norm before
   * @throws IllegalArgumentException unless {@code largest} is positive
   */
  public static double clip(Engine engine, List<Tensor> gradients, double largest) {
    check(largest > 0, "Gradients can't be clipped to the norm %s; give one above 0", largest);
    var norm = of(engine, gradients);
    var factor = largest / (norm + MARGIN);
    if (factor < 1 && Double.isFinite(norm)) {
      for (var gradient : gradients) {
        var arithmetic = engine.kernels().forType(gradient.type()).arithmetic();
        arithmetic.scale(gradient, factor, gradient);
      }
    }
    return norm;
  }
}
