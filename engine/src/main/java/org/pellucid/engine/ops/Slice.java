package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = x[…, start : start + length, …]} along one axis; {@code dL/dx} is {@code g} there and
 * 0 elsewhere.
 */
public final class Slice implements Operation {
  private final int axis;
  private final long start;
  private final long length;

  private Slice(int axis, long start, long length) {
    this.axis = axis;
    this.start = start;
    this.length = length;
  }

  /**
   * A range along one axis.
   *
   * @throws IllegalArgumentException if the range reaches outside
   */
  public static Tensor apply(Tape tape, Tensor x, int axis, long start, long length) {
    check(axis >= 0 && axis < x.rank(), "There is no axis %d among %d", axis, x.rank());
    check(
        start >= 0 && length > 0 && start + length <= x.size(axis),
        "The range %d..%d along axis %d reaches outside of %s",
        start,
        start + length,
        axis,
        x.shape());
    return tape.apply(new Slice(axis, start, length), x);
  }

  /** The axis that the range lies along. */
  public int axis() {
    return axis;
  }

  /** The first position of the range. */
  public long start() {
    return start;
  }

  /** The length of the range. */
  public long length() {
    return length;
  }

  @Override
  public Slice again() {
    return new Slice(axis, start, length);
  }

  @Override
  public Tensor forward(Forward forward) {
    var shape = forward.input(0).shape();
    shape[axis] = length;
    var y = forward.allocate(shape);
    forward.kernels().movement().slice(forward.input(0), axis, start, y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.input(0).shape());
    backward.kernels().arithmetic().fill(0, gradient);
    backward.kernels().movement().place(backward.gradient(), axis, start, gradient);
    backward.add(0, gradient);
  }
}
