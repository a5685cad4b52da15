package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * The largest value under each window; {@code dL/dx} adds {@code g} at each window's winner. Among
 * equal values the first in row-major order wins, as in PyTorch.
 */
public final class MaxPool2d implements Operation {
  private final SlidingWindow window;
  private Tensor winners;

  private MaxPool2d(SlidingWindow window) {
    this.window = window;
  }

  /**
   * A max pooling layer.
   *
   * @param x {@code [batch, height, width, channels]}
   * @throws IllegalArgumentException if the window is larger than the padded image or dilated
   */
  public static Tensor apply(Tape tape, Tensor x, SlidingWindow window) {
    Shapes.checkRank("A pooling's input", x, 4);
    Shapes.check(!window.isDilated(), "A pooling's window can't be dilated");
    window.outputHeight(x.size(1));
    window.outputWidth(x.size(2));
    return tape.apply(new MaxPool2d(window), x);
  }

  /** The size, the stride and the padding of the window. */
  public SlidingWindow window() {
    return window;
  }

  @Override
  public MaxPool2d again() {
    return new MaxPool2d(window);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var shape = x.shape();
    shape[1] = window.outputHeight(x.size(1));
    shape[2] = window.outputWidth(x.size(2));
    var y = forward.allocate(shape);
    winners = forward.save(forward.allocate(ElementType.INT32, shape));
    forward.kernels().pooling().max(x, window, winners, y);
    forward.discard(winners);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.input(0).shape());
    backward.kernels().pooling().maxGradient(backward.gradient(), winners, window, gradient);
    backward.add(0, gradient);
  }
}
