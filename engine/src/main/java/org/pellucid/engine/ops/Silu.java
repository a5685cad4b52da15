package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = x · σ(x)} with {@code σ(x) = 1 / (1 + e⁻ˣ)}, also called swish (Elfwing et al., 2018);
 * {@code dL/dx = g · (σ + x · σ · (1 − σ))}.
 */
public final class Silu implements Operation {
  private static final ElementFunction.Silu FUNCTION = new ElementFunction.Silu();
  private Tensor saved;

  private Silu() {}

  /** The sigmoid-weighted linear unit of each element. */
  public static Tensor apply(Tape tape, Tensor x) {
    return tape.apply(new Silu(), x);
  }

  @Override
  public Silu again() {
    return new Silu();
  }

  @Override
  public Tensor forward(Forward forward) {
    saved = forward.save(forward.input(0));
    return Elementwise.values(forward, FUNCTION, saved);
  }

  @Override
  public void backward(Backward backward) {
    Elementwise.passBack(backward, FUNCTION, saved);
  }
}
