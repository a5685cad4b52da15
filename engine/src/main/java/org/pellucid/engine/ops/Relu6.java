package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.tensor.Tensor;

/** {@code y = min(max(x, 0), 6)}; {@code dL/dx = g} where {@code 0 < x < 6}, else 0. */
public final class Relu6 implements Operation {
  private static final ElementFunction.Relu6 FUNCTION = new ElementFunction.Relu6();
  private Tensor saved;

  private Relu6() {}

  /** The rectifier with a ceiling of each element. */
  public static Tensor apply(Tape tape, Tensor x) {
    return tape.apply(new Relu6(), x);
  }

  @Override
  public Relu6 again() {
    return new Relu6();
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
