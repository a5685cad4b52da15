package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/** {@code y = f · x} for a constant {@code f}; {@code dL/dx = f · g}. */
public final class Scale implements Operation {
  private final double factor;

  private Scale(double factor) {
    this.factor = factor;
  }

  /** The tensor times a constant. */
  public static Tensor apply(Tape tape, Tensor x, double factor) {
    return tape.apply(new Scale(factor), x);
  }

  /** The constant factor. */
  public double factor() {
    return factor;
  }

  @Override
  public Scale again() {
    return new Scale(factor);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var y = forward.allocate(x.shape());
    forward.kernels().arithmetic().scale(x, factor, y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.gradient().shape());
    backward.kernels().arithmetic().scale(backward.gradient(), factor, gradient);
    backward.add(0, gradient);
  }
}
