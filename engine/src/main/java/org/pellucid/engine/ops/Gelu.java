package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = x · Φ(x)} with the normal distribution function Φ (Hendrycks and Gimpel, 2016, exact
 * form); {@code dL/dx = g · (Φ(x) + x · φ(x))}.
 */
public final class Gelu implements Operation {
  private Tensor saved;

  private Gelu() {}

  /** The Gaussian error linear unit of each element. */
  public static Tensor apply(Tape tape, Tensor x) {
    return tape.apply(new Gelu(), x);
  }

  @Override
  public Gelu again() {
    return new Gelu();
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var y = forward.allocate(x.shape());
    forward.kernels().activations().gelu(x, y);
    saved = forward.save(x);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.gradient().shape());
    backward.kernels().activations().geluGradient(saved, backward.gradient(), gradient);
    backward.add(0, gradient);
  }
}
