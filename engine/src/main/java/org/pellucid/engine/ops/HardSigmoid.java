package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = min(max(x + 3, 0), 6) / 6}; {@code dL/dx = g / 6} where {@code −3 < x < 3}, else 0.
 */
public final class HardSigmoid implements Operation {
  private static final ElementFunction.HardSigmoid FUNCTION = new ElementFunction.HardSigmoid();
  private Tensor saved;

  private HardSigmoid() {}

  /** The logistic function in straight pieces, of each element. */
  public static Tensor apply(Tape tape, Tensor x) {
    return tape.apply(new HardSigmoid(), x);
  }

  @Override
  public HardSigmoid again() {
    return new HardSigmoid();
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
