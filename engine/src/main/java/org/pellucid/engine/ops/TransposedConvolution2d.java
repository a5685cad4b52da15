package org.pellucid.engine.ops;

import java.util.Optional;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * The linear map that is the transpose of a {@link Convolution2d}'s ("deconvolution"): {@code y}
 * adds {@code x[p] · W} at the window of each pixel {@code p}; {@code dL/dx = g ⋆ W}, {@code dL/dW
 * = g ⋆ x} as for that convolution.
 */
public final class TransposedConvolution2d implements Operation {
  private final SlidingWindow window;
  private final int groups;
  private final long height;
  private final long width;
  private Tensor savedX;
  private Tensor savedWeight;

  private TransposedConvolution2d(SlidingWindow window, int groups, long height, long width) {
    this.window = window;
    this.groups = groups;
    this.height = height;
    this.width = width;
  }

  /**
   * A transposed convolution without bias.
   *
   * @param x {@code [batch, rows, columns, filters]}, where the convolution's output would be
   * @param weight the convolution's {@code [window height, window width, channels / groups,
   *     filters]}
   * @param groups divides the channels and the filters
   * @param height of the output; the convolution must give {@code rows} for it
   * @param width of the output; the convolution must give {@code columns} for it
   * @return {@code [batch, height, width, channels]}
   * @throws IllegalArgumentException if the shapes don't fit
   */
  public static Tensor apply(
      Tape tape,
      Tensor x,
      Tensor weight,
      SlidingWindow window,
      int groups,
      long height,
      long width) {
    Shapes.checkRank("A transposed convolution's input", x, 4);
    Shapes.check(
        groups > 0 && weight.size(-1) % groups == 0,
        "%d filters can't have %d groups",
        weight.size(-1),
        groups);
    Shapes.checkShape(
        "A transposed convolution's weight",
        weight,
        window.height(),
        window.width(),
        weight.size(2),
        x.size(3));
    Shapes.check(
        window.outputHeight(height) == x.size(1) && window.outputWidth(width) == x.size(2),
        "A transposed convolution can't make %dx%d pixels of %dx%d",
        height,
        width,
        x.size(1),
        x.size(2));
    return tape.apply(new TransposedConvolution2d(window, groups, height, width), x, weight);
  }

  /** The size, the stride and the padding of the convolution's window. */
  public SlidingWindow window() {
    return window;
  }

  /** How many parts the channels and the filters fall into, each part for itself. */
  public int groups() {
    return groups;
  }

  @Override
  public TransposedConvolution2d again() {
    return new TransposedConvolution2d(window, groups, height, width);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var weight = forward.input(1);
    savedX = forward.saveFor(1, x);
    savedWeight = forward.saveFor(0, weight);
    var y = forward.allocate(x.size(0), height, width, weight.size(2) * groups);
    forward.kernels().convolutions().inputGradient(x, Optional.empty(), weight, window, y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var g = backward.gradient();
    if (backward.wants(0)) {
      var gradient = backward.allocate(backward.input(0).shape());
      backward
          .kernels()
          .convolutions()
          .forward(g, savedWeight, Optional.empty(), window, Rectifier.NONE, gradient);
      backward.add(0, gradient);
    }
    if (backward.wants(1)) {
      var gradient = backward.allocate(backward.input(1).shape());
      backward.kernels().convolutions().weightGradient(g, savedX, window, gradient);
      backward.add(1, gradient);
    }
  }
}
