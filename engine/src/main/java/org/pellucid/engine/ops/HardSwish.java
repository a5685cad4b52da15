package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = x · min(max(x + 3, 0), 6) / 6} (Howard et al., 2019); {@code dL/dx} is 0 below −3,
 * {@code g · (x / 3 + 1 / 2)} up to 3, and {@code g} above.
 */
public final class HardSwish implements Operation {
  private static final ElementFunction.HardSwish FUNCTION = new ElementFunction.HardSwish();
  private Tensor saved;

  private HardSwish() {}

  /** The swish in straight pieces and a parabola, of each element. */
  public static Tensor apply(Tape tape, Tensor x) {
    return tape.apply(new HardSwish(), x);
  }

  @Override
  public HardSwish again() {
    return new HardSwish();
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
