package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/** {@code y = a + b} with NumPy's broadcasting; {@code dL/da = dL/db = g}. */
public final class Add implements Operation {
  private Add() {}

  /**
   * The sum of two tensors.
   *
   * @throws IllegalArgumentException if the shapes don't broadcast
   */
  public static Tensor apply(Tape tape, Tensor a, Tensor b) {
    Shapes.broadcast(a.shape(), b.shape());
    return tape.apply(new Add(), a, b);
  }

  @Override
  public Add again() {
    return new Add();
  }

  @Override
  public Tensor forward(Forward forward) {
    var a = forward.input(0);
    var b = forward.input(1);
    var y = forward.allocate(Shapes.broadcast(a.shape(), b.shape()));
    forward.kernels().arithmetic().add(a, b, y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    backward.passOn(0);
    backward.passOn(1);
  }
}
