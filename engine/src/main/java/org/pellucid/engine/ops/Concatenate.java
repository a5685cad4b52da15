package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y} holds its inputs one after another along one axis; each input's gradient is its part of
 * {@code g}.
 */
public final class Concatenate implements Operation {
  private final int axis;

  private Concatenate(int axis) {
    this.axis = axis;
  }

  /**
   * The tensors joined along one axis.
   *
   * @throws IllegalArgumentException if there is none, or they differ along another axis
   */
  public static Tensor apply(Tape tape, int axis, Tensor... parts) {
    check(parts.length > 0, "There is nothing to concatenate");
    check(axis >= 0 && axis < parts[0].rank(), "There is no axis %d to join along", axis);
    for (var part : parts) {
      var expected = parts[0].shape();
      check(part.rank() == expected.length, "%s and %s can't be joined", expected, part.shape());
      expected[axis] = part.size(axis);
      Shapes.checkShape("A part to be joined", part, expected);
    }
    return tape.apply(new Concatenate(axis), parts);
  }

  /** The axis that the parts are joined along. */
  public int axis() {
    return axis;
  }

  @Override
  public Concatenate again() {
    return new Concatenate(axis);
  }

  @Override
  public Tensor forward(Forward forward) {
    var shape = forward.input(0).shape();
    shape[axis] = 0;
    for (var i = 0; i < forward.inputs(); i++) {
      shape[axis] += forward.input(i).size(axis);
    }
    var y = forward.allocate(shape);
    var start = 0L;
    for (var i = 0; i < forward.inputs(); i++) {
      forward.kernels().movement().place(forward.input(i), axis, start, y);
      start += forward.input(i).size(axis);
    }
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var start = 0L;
    for (var i = 0; i < backward.inputs(); i++) {
      var input = backward.input(i);
      if (backward.wants(i)) {
        var gradient = backward.allocate(input.shape());
        backward.kernels().movement().slice(backward.gradient(), axis, start, gradient);
        backward.add(i, gradient);
      }
      start += input.size(axis);
    }
  }
}
