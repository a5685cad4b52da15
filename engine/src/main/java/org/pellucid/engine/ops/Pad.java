package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = x} with a constant before and after it along one axis; {@code dL/dx} is {@code g}
 * without them.
 */
public final class Pad implements Operation {
  private final int axis;
  private final long before;
  private final long after;
  private final double value;

  private Pad(int axis, long before, long after, double value) {
    this.axis = axis;
    this.before = before;
    this.after = after;
    this.value = value;
  }

  /**
   * The tensor with a border.
   *
   * @param before the positions in front of the first, not negative
   * @param after the positions behind the last, not negative
   * @param value what stands there
   * @throws IllegalArgumentException if there is no such axis or a number is negative
   */
  public static Tensor apply(Tape tape, Tensor x, int axis, long before, long after, double value) {
    check(axis >= 0 && axis < x.rank(), "There is no axis %d among %d", axis, x.rank());
    check(before >= 0 && after >= 0, "A padding can't be %d and %d long", before, after);
    return tape.apply(new Pad(axis, before, after, value), x);
  }

  /** The axis that is made longer. */
  public int axis() {
    return axis;
  }

  /** The positions in front of the first. */
  public long before() {
    return before;
  }

  /** The positions behind the last. */
  public long after() {
    return after;
  }

  /** What stands there. */
  public double value() {
    return value;
  }

  @Override
  public Pad again() {
    return new Pad(axis, before, after, value);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var shape = x.shape();
    shape[axis] += before + after;
    var y = forward.allocate(shape);
    forward.kernels().arithmetic().fill(value, y);
    forward.kernels().movement().place(x, axis, before, y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.input(0).shape());
    backward.kernels().movement().slice(backward.gradient(), axis, before, gradient);
    backward.add(0, gradient);
  }
}
