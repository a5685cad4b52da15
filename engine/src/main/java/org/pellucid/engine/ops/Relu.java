package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = max(x, 0)}; {@code dL/dx = g} where {@code x > 0}, else 0. At exactly 0 the gradient
 * is 0, as in PyTorch.
 */
public final class Relu implements Operation {
  private Tensor saved;

  private Relu() {}

  /** The positive part of each element. */
  public static Tensor apply(Tape tape, Tensor x) {
    return tape.apply(new Relu(), x);
  }

  @Override
  public Relu again() {
    return new Relu();
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var y = forward.allocate(x.shape());
    forward.kernels().activations().relu(x, y);
    saved = forward.save(y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.gradient().shape());
    backward.kernels().activations().reluGradient(saved, backward.gradient(), gradient);
    backward.add(0, gradient);
  }
}
