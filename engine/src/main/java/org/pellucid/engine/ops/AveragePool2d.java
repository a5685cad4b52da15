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
 * {@code y} is the mean of the values under each window; {@code dL/dx} adds {@code g / n} for each
 * window over a pixel, where {@code n} is the number of pixels that the window counts: all of those
 * in the padded image, with zeros in the padding, as PyTorch does unless told otherwise, or those
 * of the image itself.
 */
public final class AveragePool2d implements Operation {
  private final SlidingWindow window;
  private final boolean countsPadding;
  private Optional<Tensor> factors = Optional.empty();

  private AveragePool2d(SlidingWindow window, boolean countsPadding) {
    this.window = window;
    this.countsPadding = countsPadding;
  }

  /**
   * An average pooling layer that counts the padding.
   *
   * @param x {@code [batch, height, width, channels]}
   * @throws IllegalArgumentException if the window is larger than the padded image or dilated
   */
  public static Tensor apply(Tape tape, Tensor x, SlidingWindow window) {
    return apply(tape, x, window, true);
  }

  /**
   * An average pooling layer.
   *
   * @param x {@code [batch, height, width, channels]}
   * @param countsPadding whether a mean counts the zeros of the padding
   * @throws IllegalArgumentException if the window is larger than the padded image or dilated
   */
  public static Tensor apply(Tape tape, Tensor x, SlidingWindow window, boolean countsPadding) {
    Shapes.checkRank("A pooling's input", x, 4);
    Shapes.check(!window.isDilated(), "A pooling's window can't be dilated");
    window.outputHeight(x.size(1));
    window.outputWidth(x.size(2));
    return tape.apply(new AveragePool2d(window, countsPadding), x);
  }

  /** The size, the stride and the padding of the window. */
  public SlidingWindow window() {
    return window;
  }

  /** Whether a mean counts the zeros of the padding. */
  public boolean countsPadding() {
    return countsPadding;
  }

  @Override
  public AveragePool2d again() {
    return new AveragePool2d(window, countsPadding);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var shape = x.shape();
    shape[1] = window.outputHeight(x.size(1));
    shape[2] = window.outputWidth(x.size(2));
    var y = forward.allocate(shape);
    forward.kernels().pooling().average(x, window, y);
    if (!dividesByAllPixels()) {
      var ofWindows = forward.save(forward.allocate(1, shape[1], shape[2], 1));
      ofWindows.set(factors(x.size(1), x.size(2)));
      forward.kernels().arithmetic().multiply(y, ofWindows, y);
      forward.discard(ofWindows);
      factors = Optional.of(ofWindows);
    }
    return y;
  }

  private boolean dividesByAllPixels() {
    var padded = window.paddingHeight() > 0 || window.paddingWidth() > 0;
    return !window.ceiling() && (countsPadding || !padded);
  }

  /** For each window, the number of its pixels divided by the number of those that it counts. */
  private double[] factors(long height, long width) {
    var rows = window.outputHeight(height);
    var columns = window.outputWidth(width);
    var factors = new double[rows * columns];
    for (var row = 0; row < rows; row++) {
      var tall =
          counted(row, window.strideHeight(), window.height(), window.paddingHeight(), height);
      for (var column = 0; column < columns; column++) {
        var wide =
            counted(column, window.strideWidth(), window.width(), window.paddingWidth(), width);
        factors[row * columns + column] = (double) window.pixels() / (tall * wide);
      }
    }
    return factors;
  }

  /** Along one axis, the pixels of a window that are counted. */
  private long counted(int position, int stride, int size, int padding, long length) {
    var border = countsPadding ? padding : 0;
    var start = (long) position * stride - padding;
    return Math.min(start + size, length + border) - Math.max(start, -border);
  }

  @Override
  public void backward(Backward backward) {
    var g = backward.gradient();
    var scaled = backward.view(g, g.shape());
    if (factors.isPresent()) {
      backward.discard(scaled);
      scaled = backward.allocate(g.shape());
      backward.kernels().arithmetic().multiply(g, factors.get(), scaled);
    }
    var gradient = backward.allocate(backward.input(0).shape());
    backward.kernels().pooling().averageGradient(scaled, window, gradient);
    backward.discard(scaled);
    backward.add(0, gradient);
  }
}
