package org.pellucid.models.nn;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Optional;
import org.pellucid.engine.kernels.SlidingWindow;

/** What a layer does, without its weights. */
public sealed interface LayerKind {

  /** Two numbers of pixels, neither negative. */
  record Extent(int height, int width) {
    /** None in either direction. */
    static final Extent ZERO = new Extent(0, 0);

    /** One in both directions. */
    static final Extent ONE = new Extent(1, 1);

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if a number is negative
     */
    public Extent {
      check(height >= 0 && width >= 0, "%dx%d pixels can't be", height, width);
    }

    /** The same number in both directions. */
    static Extent square(int size) {
      return new Extent(size, size);
    }

    boolean isPositive() {
      return height > 0 && width > 0;
    }

    String text() {
      return height == width ? Integer.toString(height) : height + "x" + width;
    }
  }

  /**
   * A convolution.
   *
   * @param outputs its filters; 0 means those that its weight has
   * @param size of its window; empty means that which its weight has
   * @param stride from one window to the next
   * @param padding zeros at each side
   * @param dilation from one position in a window to the next
   * @param groups of channels and filters that meet each other alone; 0 means as its weight tells
   * @param bias whether it has one; empty means as its parameters tell
   */
  record Convolution(
      int outputs,
      Optional<Extent> size,
      Extent stride,
      Extent padding,
      Extent dilation,
      int groups,
      Optional<Boolean> bias)
      implements LayerKind {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a stride, a dilation or a given size is 0
     */
    public Convolution {
      check(outputs >= 0 && groups >= 0, "A convolution can't have fewer than 0 outputs or groups");
      check(
          stride.isPositive() && dilation.isPositive() && size.orElse(Extent.ONE).isPositive(),
          "A convolution's size, stride and dilation are at least 1");
    }

    /** A convolution of a window in one step after another, whose weights tell the rest. */
    static Convolution padded(int padding) {
      return new Convolution(
          0, Optional.empty(), Extent.ONE, Extent.square(padding), Extent.ONE, 0, Optional.empty());
    }

    Convolution withSize(Extent known) {
      return new Convolution(outputs, Optional.of(known), stride, padding, dilation, groups, bias);
    }

    /** The window of a convolution whose size is known. */
    SlidingWindow window() {
      var sides = size.orElseThrow();
      return new SlidingWindow(
              sides.height(),
              sides.width(),
              stride.height(),
              stride.width(),
              padding.height(),
              padding.width())
          .dilated(dilation.height(), dilation.width());
    }
  }

  /**
   * Batch normalisation with running statistics.
   *
   * @param epsilon what is added to variances
   */
  record BatchNorm(double epsilon) implements LayerKind {
    /** PyTorch's default. */
    static final double PYTORCH_EPSILON = 1e-5;
  }

  /** A rectified linear unit, {@code max(x, 0)}. */
  record Relu() implements LayerKind {}

  /** Another function of each element. */
  record Activation(ActivationFunction function) implements LayerKind {}

  /** Probabilities over the classes or channels. */
  record Softmax() implements LayerKind {}

  /** The largest value under each window. */
  record MaxPool(SlidingWindow window) implements LayerKind {}

  /**
   * The mean under each window.
   *
   * @param countsPadding whether a mean counts the zeros of the padding
   */
  record AveragePool(SlidingWindow window, boolean countsPadding) implements LayerKind {}

  /**
   * Pooling to a size, whatever that of the image.
   *
   * @param largest whether the largest values are taken, or means
   * @param size of the output
   */
  record AdaptivePool(boolean largest, Extent size) implements LayerKind {
    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if a side of the size is 0
     */
    public AdaptivePool {
      check(size.isPositive(), "An adaptive pooling's size is at least 1");
    }
  }

  /** From images to rows of features, channels first as in PyTorch. */
  record Flatten() implements LayerKind {}

  /**
   * Dropout; the identity in evaluation mode.
   *
   * @param probability of dropping an element in training, from 0 to less than 1
   */
  record Dropout(double probability) implements LayerKind {
    /** PyTorch's default. */
    static final double PYTORCH_PROBABILITY = 0.5;
  }

  /**
   * A fully connected layer.
   *
   * @param outputs 0 means those that its weight has
   * @param bias whether it has one; empty means as its parameters tell
   */
  record Linear(int outputs, Optional<Boolean> bias) implements LayerKind {}

  /** The sum of two or more layers' outputs of one shape. */
  record Add() implements LayerKind {}

  /** Two or more layers' outputs, one after another along the channels. */
  record Concatenate() implements LayerKind {}

  /** The normalisation of images, which a description gives by mean and deviation. */
  record Normalise() implements LayerKind {}

  /** Whether the layer takes the outputs of several layers. */
  default boolean joins() {
    return this instanceof Add || this instanceof Concatenate;
  }
}
