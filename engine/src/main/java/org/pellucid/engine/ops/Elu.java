package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = x} where {@code x > 0}, else {@code α · (eˣ − 1)} (Clevert et al., 2016); {@code dL/dx
 * = g} where {@code x > 0}, else {@code g · α · eˣ}.
 */
public final class Elu implements Operation {
  private final ElementFunction.Elu function;
  private Tensor saved;

  private Elu(ElementFunction.Elu function) {
    this.function = function;
  }

  /**
   * The exponential linear unit of each element.
   *
   * @param scale the largest negative output, 1 in PyTorch unless chosen
   * @throws IllegalArgumentException if it is negative or not finite
   */
  public static Tensor apply(Tape tape, Tensor x, double scale) {
    check(
        scale >= 0 && Double.isFinite(scale),
        "The scale of Elu is %s, not a number from 0 on",
        scale);
    return tape.apply(new Elu(new ElementFunction.Elu(scale)), x);
  }

  /** The largest negative output, 1 in PyTorch unless chosen. */
  public double scale() {
    return function.scale();
  }

  @Override
  public Elu again() {
    return new Elu(function);
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
