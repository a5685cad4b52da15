package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y} is {@code x} with its axes reordered, made dense; {@code dL/dx = g} with the order
 * inverted.
 */
public final class Transpose implements Operation {
  private final int[] axes;

  private Transpose(int[] axes) {
    this.axes = axes;
  }

  /**
   * Axis {@code i} of the result is axis {@code axes[i]} of {@code x}.
   *
   * @throws IllegalArgumentException if {@code axes} isn't a permutation of all axes
   */
  public static Tensor apply(Tape tape, Tensor x, int... axes) {
    var seen = Arrays.stream(axes).filter(a -> a >= 0 && a < x.rank()).distinct();
    check(
        axes.length == x.rank() && seen.count() == x.rank(),
        "%s is not an order of %d axes",
        Arrays.toString(axes),
        x.rank());
    return tape.apply(new Transpose(axes.clone()), x);
  }

  /** For each axis of the output, the input's axis that it is. */
  public int[] axes() {
    return axes.clone();
  }

  @Override
  public Transpose again() {
    return new Transpose(axes);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var shape = new long[axes.length];
    for (var i = 0; i < axes.length; i++) {
      shape[i] = x.size(axes[i]);
    }
    var y = forward.allocate(shape);
    forward.kernels().movement().permute(x, axes, y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var inverse = new int[axes.length];
    for (var i = 0; i < axes.length; i++) {
      inverse[axes[i]] = i;
    }
    var gradient = backward.allocate(backward.input(0).shape());
    backward.kernels().movement().permute(backward.gradient(), inverse, gradient);
    backward.add(0, gradient);
  }
}
