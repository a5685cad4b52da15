package org.pellucid.engine.ops;

import java.util.Optional;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * Two-dimensional cross-correlation {@code y = x ⋆ W + b}, optionally followed by {@link Relu}.
 * {@code dL/dx = g ⋆ W} rotated by half a turn with its channels exchanged, {@code dL/dW = x ⋆ g},
 * {@code dL/db = Σ g} over batch and pixels; with ReLU, {@code g} is first set to 0 where {@code y
 * ≤ 0}.
 *
 * <p>The window may be dilated, and channels and filters may fall into groups of which each filter
 * meets its own channels alone (Krizhevsky et al., 2012); as many groups as channels make the
 * convolution depthwise.
 */
public final class Convolution2d implements Operation {
  private final SlidingWindow window;
  private final int groups;
  private final boolean relu;
  private Tensor savedX;
  private Tensor savedWeight;
  private Tensor savedOutput;

  private Convolution2d(SlidingWindow window, int groups, boolean relu) {
    this.window = window;
    this.groups = groups;
    this.relu = relu;
  }

  /**
   * A convolution layer. With {@code relu} it runs as the two operations, one after the other,
   * where the tape replaces the backward step of either.
   *
   * @param x {@code [batch, height, width, channels]}
   * @param weight {@code [window height, window width, channels, output channels]}
   * @param bias {@code [output channels]}
   * @param relu whether negative results become 0 in the same step
   * @throws IllegalArgumentException if the shapes don't fit
   */
  public static Tensor apply(
      Tape tape, Tensor x, Tensor weight, Tensor bias, SlidingWindow window, boolean relu) {
    return apply(tape, x, weight, bias, window, 1, relu);
  }

  /**
   * A convolution layer whose channels fall into groups; see {@link #apply(Tape, Tensor, Tensor,
   * Tensor, SlidingWindow, boolean)}.
   *
   * @param x {@code [batch, height, width, channels]}
   * @param weight {@code [window height, window width, channels / groups, output channels]}
   * @param bias {@code [output channels]}
   * @param groups divides the channels and the output channels; the first output channels belong to
   *     the first channels
   * @throws IllegalArgumentException if the shapes don't fit
   */
  public static Tensor apply(
      Tape tape,
      Tensor x,
      Tensor weight,
      Tensor bias,
      SlidingWindow window,
      int groups,
      boolean relu) {
    Shapes.checkRank("A convolution's input", x, 4);
    Shapes.check(
        groups > 0 && x.size(3) % groups == 0 && weight.size(-1) % groups == 0,
        "A convolution from %d channels to %d can't have %d groups",
        x.size(3),
        weight.size(-1),
        groups);
    Shapes.checkShape(
        "A convolution's weight",
        weight,
        window.height(),
        window.width(),
        x.size(3) / groups,
        weight.size(-1));
    Shapes.checkShape("A convolution's bias", bias, weight.size(-1));
    window.outputHeight(x.size(1));
    window.outputWidth(x.size(2));
    if (relu && (tape.replacesBackward(Convolution2d.class) || tape.replacesBackward(Relu.class))) {
      var sums = tape.apply(new Convolution2d(window, groups, false), x, weight, bias);
      var y = Relu.apply(tape, sums);
      tape.discard(sums);
      return y;
    }
    return tape.apply(new Convolution2d(window, groups, relu), x, weight, bias);
  }

  /** The size, the stride and the padding of the window. */
  public SlidingWindow window() {
    return window;
  }

  /** How many parts the channels and the filters fall into, each part for itself. */
  public int groups() {
    return groups;
  }

  /** Whether negative results become 0 in the same step. */
  public boolean relu() {
    return relu;
  }

  @Override
  public Convolution2d again() {
    return new Convolution2d(window, groups, relu);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var weight = forward.input(1);
    savedX = forward.saveFor(1, x);
    savedWeight = forward.saveFor(0, weight);
    var y =
        forward.allocate(
            x.size(0),
            window.outputHeight(x.size(1)),
            window.outputWidth(x.size(2)),
            weight.size(3));
    var bias = Optional.of(forward.input(2));
    forward.kernels().convolutions().forward(x, weight, bias, window, relu, y);
    savedOutput = relu ? forward.save(y) : y;
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var g = backward.gradient();
    if (backward.wants(0)) {
      var gradient = backward.allocate(backward.input(0).shape());
      var mask = relu ? Optional.of(savedOutput) : Optional.<Tensor>empty();
      backward.kernels().convolutions().inputGradient(g, mask, savedWeight, window, gradient);
      backward.add(0, gradient);
    }
    if (!backward.wants(1) && !backward.wants(2)) {
      return;
    }
    var masked = relu ? backward.allocate(g.shape()) : backward.view(g, g.shape());
    if (relu) {
      backward.kernels().activations().reluGradient(savedOutput, g, masked);
    }
    if (backward.wants(1)) {
      var gradient = backward.allocate(backward.input(1).shape());
      backward.kernels().convolutions().weightGradient(savedX, masked, window, gradient);
      backward.add(1, gradient);
    }
    if (backward.wants(2)) {
      backward.add(2, backward.view(masked, g.shape()));
    }
    backward.discard(masked);
  }
}
