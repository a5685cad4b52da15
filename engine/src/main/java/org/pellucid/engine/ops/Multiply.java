package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/** {@code y = a · b} with NumPy's broadcasting; {@code dL/da = g · b}, {@code dL/db = g · a}. */
public final class Multiply implements Operation {
  private Tensor savedA;
  private Tensor savedB;

  private Multiply() {}

  /**
   * The product of two tensors, element by element.
   *
   * @throws IllegalArgumentException if the shapes don't broadcast
   */
  public static Tensor apply(Tape tape, Tensor a, Tensor b) {
    Shapes.broadcast(a.shape(), b.shape());
    return tape.apply(new Multiply(), a, b);
  }

  @Override
  public Multiply again() {
    return new Multiply();
  }

  @Override
  public Tensor forward(Forward forward) {
    var a = forward.input(0);
    var b = forward.input(1);
    savedA = forward.saveFor(1, a);
    savedB = forward.saveFor(0, b);
    var y = forward.allocate(Shapes.broadcast(a.shape(), b.shape()));
    forward.kernels().arithmetic().multiply(a, b, y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    contribute(backward, 0, savedB);
    contribute(backward, 1, savedA);
  }

  private static void contribute(Backward backward, int index, Tensor other) {
    if (backward.wants(index)) {
      var gradient = backward.allocate(backward.gradient().shape());
      backward.kernels().arithmetic().multiply(backward.gradient(), other, gradient);
      backward.add(index, gradient);
    }
  }
}
