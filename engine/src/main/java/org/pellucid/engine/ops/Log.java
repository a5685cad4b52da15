package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/** {@code y = ln x}; {@code dL/dx = g / x}. Of 0 it is −∞, of a negative number NaN. */
public final class Log implements Operation {
  private Tensor saved;

  private Log() {}

  /** The natural logarithm of each element. */
  public static Tensor apply(Tape tape, Tensor x) {
    return tape.apply(new Log(), x);
  }

  @Override
  public Log again() {
    return new Log();
  }

  @Override
  public Tensor forward(Forward forward) {
    saved = forward.save(forward.input(0));
    var y = forward.allocate(saved.shape());
    forward.kernels().activations().log(saved, y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.gradient().shape());
    backward.kernels().activations().logGradient(saved, backward.gradient(), gradient);
    backward.add(0, gradient);
  }
}
