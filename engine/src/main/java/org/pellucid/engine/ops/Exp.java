package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/** {@code y = eˣ}; {@code dL/dx = g · y}. */
public final class Exp implements Operation {
  private Tensor saved;

  private Exp() {}

  /** The exponential of each element. */
  public static Tensor apply(Tape tape, Tensor x) {
    return tape.apply(new Exp(), x);
  }

  @Override
  public Exp again() {
    return new Exp();
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var y = forward.allocate(x.shape());
    forward.kernels().activations().exp(x, y);
    saved = forward.save(y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.gradient().shape());
    backward.kernels().arithmetic().multiply(backward.gradient(), saved, gradient);
    backward.add(0, gradient);
  }
}
