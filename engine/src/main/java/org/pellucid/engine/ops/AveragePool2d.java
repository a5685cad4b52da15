package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y} is the mean of the values under each window, padding counted as zeros, as PyTorch does
 * unless told otherwise; {@code dL/dx} adds {@code g / n} for each window over a pixel, where
 * {@code n} is the number of pixels of a window.
 */
public final class AveragePool2d implements Operation {
  private final SlidingWindow window;

  private AveragePool2d(SlidingWindow window) {
    this.window = window;
  }

  /**
   * An average pooling layer.
   *
   * @param x {@code [batch, height, width, channels]}
   * @throws IllegalArgumentException if the window is larger than the padded image
   */
  public static Tensor apply(Tape tape, Tensor x, SlidingWindow window) {
    Shapes.checkRank("A pooling's input", x, 4);
    window.outputHeight(x.size(1));
    window.outputWidth(x.size(2));
    return tape.apply(new AveragePool2d(window), x);
  }

  /** The size, the stride and the padding of the window. */
  public SlidingWindow window() {
    return window;
  }

  @Override
  public AveragePool2d again() {
    return new AveragePool2d(window);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var shape = x.shape();
    shape[1] = window.outputHeight(x.size(1));
    shape[2] = window.outputWidth(x.size(2));
    var y = forward.allocate(shape);
    forward.kernels().pooling().average(x, window, y);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.input(0).shape());
    backward.kernels().pooling().averageGradient(backward.gradient(), window, gradient);
    backward.add(0, gradient);
  }
}
