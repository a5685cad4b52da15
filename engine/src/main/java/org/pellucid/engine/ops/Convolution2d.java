package org.pellucid.engine.ops;

import java.util.Optional;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.kernels.Rectified;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * Two-dimensional cross-correlation {@code y = x ⋆ W + b}, optionally followed by {@link Relu} or
 * {@link Relu6}. {@code dL/dx = g ⋆ W} rotated by half a turn with its channels exchanged, {@code
 * dL/dW = x ⋆ g}, {@code dL/db = Σ g} over batch and pixels; with a rectifier, {@code g} is first
 * set to 0 where {@code y} is at one of its bounds.
 *
 * <p>The window may be dilated, and channels and filters may fall into groups of which each filter
 * meets its own channels alone (Krizhevsky et al., 2012); as many groups as channels make the
 * convolution depthwise.
 */
public final class Convolution2d implements Operation {
  private final SlidingWindow window;
  private final int groups;
  private final Rectifier rectifier;
  private Tensor savedX;
  private Tensor savedWeight;
  private Tensor savedOutput;

  private Convolution2d(SlidingWindow window, int groups, Rectifier rectifier) {
    this.window = window;
    this.groups = groups;
    this.rectifier = rectifier;
  }

  /**
   * A convolution layer. With a rectifier it runs as the two operations, one after the other, where
   * the tape replaces the backward step of either.
   *
   * @param x {@code [batch, height, width, channels]}
   * @param weight {@code [window height, window width, channels, output channels]}
   * @param bias {@code [output channels]}
   * @param rectifier what is done to the results in the same step
   * @throws IllegalArgumentException if the shapes don't fit
   */
  public static Tensor apply(
      Tape tape, Tensor x, Tensor weight, Tensor bias, SlidingWindow window, Rectifier rectifier) {
    return apply(tape, x, weight, bias, window, 1, rectifier);
  }

  /**
   * A convolution layer whose channels fall into groups; see {@link #apply(Tape, Tensor, Tensor,
   * Tensor, SlidingWindow, Rectifier)}.
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
      Rectifier rectifier) {
    Shapes.checkRank("A convolution's input", x, 4);
    outputShape(x.shape(), weight, bias, window, groups);
    if (isReplaced(tape, rectifier)) {
      var sums = tape.apply(new Convolution2d(window, groups, Rectifier.NONE), x, weight, bias);
      var y = rectifier == Rectifier.RELU6 ? Relu6.apply(tape, sums) : Relu.apply(tape, sums);
      tape.discard(sums);
      return y;
    }
    return tape.apply(new Convolution2d(window, groups, rectifier), x, weight, bias);
  }

  /**
   * The shape of what a convolution gives.
   *
   * @param x the shape of its input
   * @throws IllegalArgumentException if the shapes don't fit
   */
  static long[] outputShape(
      long[] x, Tensor weight, Tensor bias, SlidingWindow window, int groups) {
    Shapes.check(
        groups > 0 && x[3] % groups == 0 && weight.size(-1) % groups == 0,
        "A convolution from %d channels to %d can't have %d groups",
        x[3],
        weight.size(-1),
        groups);
    Shapes.checkShape(
        "A convolution's weight",
        weight,
        window.height(),
        window.width(),
        x[3] / groups,
        weight.size(-1));
    Shapes.checkShape("A convolution's bias", bias, weight.size(-1));
    return new long[] {x[0], window.outputHeight(x[1]), window.outputWidth(x[2]), weight.size(-1)};
  }

  /** Whether the tape has another backward step for one of the two operations. */
  static boolean isReplaced(Tape tape, Rectifier rectifier) {
    return switch (rectifier) {
      case NONE -> false;
      case RELU -> tape.replacesBackward(Convolution2d.class) || tape.replacesBackward(Relu.class);
      case RELU6 ->
          tape.replacesBackward(Convolution2d.class) || tape.replacesBackward(Relu6.class);
    };
  }

  /** The size, the stride and the padding of the window. */
  public SlidingWindow window() {
    return window;
  }

  /** How many parts the channels and the filters fall into, each part for itself. */
  public int groups() {
    return groups;
  }

  /** What is done to the results in the same step. */
  public Rectifier rectifier() {
    return rectifier;
  }

  @Override
  public Convolution2d again() {
    return new Convolution2d(window, groups, rectifier);
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
    forward.kernels().convolutions().forward(x, weight, bias, window, rectifier, y);
    savedOutput = rectifier.isPresent() ? forward.save(y) : y;
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var g = backward.gradient();
    if (backward.wants(0)) {
      var gradient = backward.allocate(backward.input(0).shape());
      var rectified = Rectified.of(savedOutput, rectifier);
      backward.kernels().convolutions().inputGradient(g, rectified, savedWeight, window, gradient);
      backward.add(0, gradient);
    }
    if (!backward.wants(1) && !backward.wants(2)) {
      return;
    }
    var masked = passed(backward);
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

  /** The gradient where the rectifier lets it through. */
  private Tensor passed(Backward backward) {
    var g = backward.gradient();
    if (!rectifier.isPresent()) {
      return backward.view(g, g.shape());
    }
    var masked = backward.allocate(g.shape());
    var activations = backward.kernels().activations();
    if (rectifier == Rectifier.RELU6) {
      // Inside the bounds the output is the input, so that it says where the slope is 1.
      activations.functionGradient(new ElementFunction.Relu6(), savedOutput, g, masked);
    } else {
      activations.reluGradient(savedOutput, g, masked);
    }
    return masked;
  }
}
