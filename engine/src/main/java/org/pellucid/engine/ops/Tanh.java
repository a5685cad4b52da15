package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/** {@code y = tanh(x)}; {@code dL/dx = g · (1 − y²)}. */
public final class Tanh implements Operation {
  private Tensor saved;

  private Tanh() {}

  /** The hyperbolic tangent of each element. */
  public static Tensor apply(Tape tape, Tensor x) {
    return tape.apply(new Tanh(), x);
  }

  @Override
  public Tanh again() {
    return new Tanh();
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var y = forward.allocate(x.shape());
    forward.kernels().activations().tanh(x, y);
    saved = forward.save(y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.gradient().shape());
    backward.kernels().activations().tanhGradient(saved, backward.gradient(), gradient);
    backward.add(0, gradient);
  }
}
