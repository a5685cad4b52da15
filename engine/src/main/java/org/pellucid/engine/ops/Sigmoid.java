package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/** {@code y = σ(x) = 1 / (1 + e⁻ˣ)}; {@code dL/dx = g · y · (1 − y)}. */
public final class Sigmoid implements Operation {
  private Tensor saved;

  private Sigmoid() {}

  /** The logistic function of each element. */
  public static Tensor apply(Tape tape, Tensor x) {
    return tape.apply(new Sigmoid(), x);
  }

  @Override
  public Sigmoid again() {
    return new Sigmoid();
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var y = forward.allocate(x.shape());
    forward.kernels().activations().sigmoid(x, y);
    saved = forward.save(y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.gradient().shape());
    backward.kernels().activations().sigmoidGradient(saved, backward.gradient(), gradient);
    backward.add(0, gradient);
  }
}
