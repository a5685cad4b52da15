package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = x} repeated along axes of size 1 and new axes in front, by NumPy's rules; {@code
 * dL/dx} sums {@code g} over the repetitions.
 */
public final class Broadcast implements Operation {
  private final long[] shape;

  private Broadcast(long[] shape) {
    this.shape = shape;
  }

  /**
   * The tensor stretched to a shape.
   *
   * @throws IllegalArgumentException if it doesn't stretch to the shape
   */
  public static Tensor apply(Tape tape, Tensor x, long... shape) {
    check(Shapes.broadcastsTo(x.shape(), shape), "%s doesn't stretch to %s", x.shape(), shape);
    return tape.apply(new Broadcast(shape.clone()), x);
  }

  /** The shape of the output. */
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public Broadcast again() {
    return new Broadcast(shape);
  }

  @Override
  public Tensor forward(Forward forward) {
    var y = forward.allocate(shape);
    forward.kernels().arithmetic().fill(0, y);
    forward.kernels().arithmetic().add(y, forward.input(0), y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    backward.passOn(0);
  }
}
