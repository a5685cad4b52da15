package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = Σ x} over some axes, which stay with size 1; {@code dL/dx = g}, stretched along them.
 */
public final class Sum implements Operation {
  private final int[] axes;

  private Sum(int[] axes) {
    this.axes = axes;
  }

  /**
   * The sum over the given axes, or over all if none is given. The axes summed over keep a size of
   * 1.
   *
   * @throws IllegalArgumentException if an axis doesn't exist
   */
  public static Tensor apply(Tape tape, Tensor x, int... axes) {
    for (var axis : axes) {
      check(axis >= 0 && axis < x.rank(), "There is no axis %d among %d", axis, x.rank());
    }
    return tape.apply(new Sum(axes.clone()), x);
  }

  /** The axes summed over; none stands for all. */
  public int[] axes() {
    return axes.clone();
  }

  @Override
  public Sum again() {
    return new Sum(axes);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var shape = axes.length == 0 ? new long[x.rank()] : x.shape();
    if (axes.length == 0) {
      Arrays.fill(shape, 1);
    }
    for (var axis : axes) {
      shape[axis] = 1;
    }
    var y = forward.allocate(shape);
    forward.kernels().arithmetic().sum(x, y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.input(0).shape());
    backward.kernels().arithmetic().fill(0, gradient);
    backward.kernels().arithmetic().add(gradient, backward.gradient(), gradient);
    backward.add(0, gradient);
  }
}
