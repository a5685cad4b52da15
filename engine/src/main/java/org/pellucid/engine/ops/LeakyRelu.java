package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = max(x, 0) + s · min(x, 0)} with the slope {@code s} of negative numbers (Maas et al.,
 * 2013); {@code dL/dx = g} where {@code x > 0}, else {@code s · g}.
 */
public final class LeakyRelu implements Operation {
  private final ElementFunction.LeakyRelu function;
  private Tensor saved;

  private LeakyRelu(ElementFunction.LeakyRelu function) {
    this.function = function;
  }

  /**
   * The leaky rectifier of each element.
   *
   * @param slope the slope of negative numbers, 0.01 in PyTorch unless chosen
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public static Tensor apply(Tape tape, Tensor x, double slope) {
    check(
        slope >= 0 && Double.isFinite(slope),
        "The slope of LeakyRelu is %s, not a number from 0 on",
        slope);
    return tape.apply(new LeakyRelu(new ElementFunction.LeakyRelu(slope)), x);
  }

  /** The slope of negative numbers, 0.01 in PyTorch unless chosen. */
  public double slope() {
    return function.slope();
  }

  @Override
  public LeakyRelu again() {
    return new LeakyRelu(function);
  }

  @Override
  public Tensor forward(Forward forward) {
    saved = forward.save(forward.input(0));
    return Elementwise.values(forward, function, saved);
  }

  @Override
  public void backward(Backward backward) {
    Elementwise.passBack(backward, function, saved);
  }
}
