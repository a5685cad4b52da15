package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/** {@code y} has the elements of {@code x} in the same order; {@code dL/dx = g} reshaped back. */
public final class Reshape implements Operation {
  private final long[] shape;

  private Reshape(long[] shape) {
    this.shape = shape;
  }

  /**
   * The same elements under another shape, without a copy.
   *
   * @throws IllegalArgumentException if the number of elements differs
   */
  public static Tensor apply(Tape tape, Tensor x, long... shape) {
    check(Shapes.elements(shape) == x.elements(), "%s can't be reshaped to %s", x.shape(), shape);
    return tape.apply(new Reshape(shape.clone()), x);
  }

  /** The output's shape. */
  public long[] shape() {
    return shape.clone();
  }

  @Override
  public Reshape again() {
    return new Reshape(shape);
  }

  @Override
  public Tensor forward(Forward forward) {
    return forward.view(forward.input(0), shape);
  }

  @Override
  public void backward(Backward backward) {
    backward.add(0, backward.view(backward.gradient(), backward.input(0).shape()));
  }
}
