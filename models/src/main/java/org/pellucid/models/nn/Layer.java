package org.pellucid.models.nn;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.ops.BatchNorm.RunningStatistics;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Tensor;

/**
 * One layer of a feed-forward network, named after the operation it applies. Images are
 * channels-last, {@code [batch, height, width, channels]}, with weights laid out to match.
 */
public sealed interface Layer {

  /** What the layer does, with the sizes of its weights. */
  LayerKind kind();

  /** The layer's output in evaluation mode for as many inputs as it takes. */
  Tensor forward(Tape tape, List<Tensor> inputs);

  /**
   * The layer's output in training mode, which differs for batch normalisation and dropout only.
   *
   * @param seed of the layer's random numbers
   */
  default Tensor train(Tape tape, List<Tensor> inputs, long seed) {
    return forward(tape, inputs);
  }

  /** The tensors that training changes. */
  default Stream<Tensor> parameters() {
    return Stream.empty();
  }

  /** All tensors of the layer. */
  default Stream<Tensor> tensors() {
    return parameters();
  }

  private static Optional<Boolean> withoutBias(boolean biased) {
    return biased ? Optional.empty() : Optional.of(false);
  }

  /** A layer that takes the output of one other. */
  sealed interface OfOne extends Layer {

    /** The layer's output for {@code x} in evaluation mode. */
    Tensor forward(Tape tape, Tensor x);

    /** The layer's output for {@code x} in training mode. */
    default Tensor train(Tape tape, Tensor x, long seed) {
      return forward(tape, x);
    }

    @Override
    default Tensor forward(Tape tape, List<Tensor> inputs) {
      return forward(tape, inputs.getFirst());
    }

    @Override
    default Tensor train(Tape tape, List<Tensor> inputs, long seed) {
      return train(tape, inputs.getFirst(), seed);
    }
  }

  /**
   * A convolution.
   *
   * @param weight {@code [window height, window width, channels / groups, filters]}
   * @param bias {@code [filters]}
   * @param groups of channels and filters that meet each other alone, 1 in most layers
   * @param biased whether the bias is a parameter, or zeros that stand for none
   * @param rectifier what is done to the results in the same operation
   */
  record Convolution2d(
      Tensor weight,
      Tensor bias,
      SlidingWindow window,
      int groups,
      boolean biased,
      Rectifier rectifier)
      implements OfOne {

    /** A convolution in one group with a bias. */
    public Convolution2d(Tensor weight, Tensor bias, SlidingWindow window, Rectifier rectifier) {
      this(weight, bias, window, 1, true, rectifier);
    }

    @Override
    public LayerKind kind() {
      return new LayerKind.Convolution(
          Math.toIntExact(weight.size(3)),
          Optional.of(new LayerKind.Extent(window.height(), window.width())),
          new LayerKind.Extent(window.strideHeight(), window.strideWidth()),
          new LayerKind.Extent(window.paddingHeight(), window.paddingWidth()),
          new LayerKind.Extent(window.dilationHeight(), window.dilationWidth()),
          groups == 1 ? 0 : groups,
          withoutBias(biased));
    }

    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return org.pellucid.engine.ops.Convolution2d.apply(
          tape, x, weight, bias, window, groups, rectifier);
    }

    @Override
    public Stream<Tensor> parameters() {
      return biased ? Stream.of(weight, bias) : Stream.of(weight);
    }

    @Override
    public Stream<Tensor> tensors() {
      return Stream.of(weight, bias);
    }
  }

  /**
   * Batch normalisation; training moves its running statistics by a tenth of the difference.
   *
   * @param gamma {@code [channels]}, and so are the other three
   */
  record BatchNorm(Tensor gamma, Tensor beta, Tensor mean, Tensor variance, double epsilon)
      implements OfOne {
    /** PyTorch's default. */
    private static final double MOMENTUM = 0.1;

    @Override
    public LayerKind kind() {
      return new LayerKind.BatchNorm(epsilon);
    }

    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return org.pellucid.engine.ops.BatchNorm.apply(tape, x, gamma, beta, mean, variance, epsilon);
    }

    @Override
    public Tensor train(Tape tape, Tensor x, long seed) {
      var running = new RunningStatistics(mean, variance, MOMENTUM);
      return org.pellucid.engine.ops.BatchNorm.train(tape, x, gamma, beta, running, epsilon);
    }

    @Override
    public Stream<Tensor> parameters() {
      return Stream.of(gamma, beta);
    }

    @Override
    public Stream<Tensor> tensors() {
      return Stream.of(gamma, beta, mean, variance);
    }
  }

  /**
   * The normalisation of images before the first layer.
   *
   * @param mean {@code [channels]}
   * @param inverseDeviation {@code [channels]}
   */
  record Normalise(Normalisation constants, Tensor mean, Tensor inverseDeviation) implements OfOne {
    @Override
    public LayerKind kind() {
      return new LayerKind.Normalise();
    }

    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return org.pellucid.engine.ops.Normalise.apply(tape, x, mean, inverseDeviation);
    }

    @Override
    public Stream<Tensor> tensors() {
      return Stream.of(mean, inverseDeviation);
    }
  }

  /** A rectified linear unit, {@code max(x, 0)}. */
  record Relu() implements OfOne {
    @Override
    public LayerKind kind() {
      return new LayerKind.Relu();
    }

    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return org.pellucid.engine.ops.Relu.apply(tape, x);
    }
  }

  /** Another function of each element. */
  record Activation(ActivationFunction function) implements OfOne {
    @Override
    public LayerKind kind() {
      return new LayerKind.Activation(function);
    }

    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return function.apply(tape, x);
    }
  }

  /** Probabilities over the last axis. */
  record Softmax() implements OfOne {
    @Override
    public LayerKind kind() {
      return new LayerKind.Softmax();
    }

    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return org.pellucid.engine.ops.Softmax.apply(tape, x);
    }
  }

  /** Max pooling. */
  record MaxPool2d(SlidingWindow window) implements OfOne {
    @Override
    public LayerKind kind() {
      return new LayerKind.MaxPool(window);
    }

    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return org.pellucid.engine.ops.MaxPool2d.apply(tape, x, window);
    }
  }

  /**
   * Average pooling.
   *
   * @param countsPadding whether a mean counts the zeros of the padding
   */
  record AveragePool2d(SlidingWindow window, boolean countsPadding) implements OfOne {
    @Override
    public LayerKind kind() {
      return new LayerKind.AveragePool(window, countsPadding);
    }

    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return org.pellucid.engine.ops.AveragePool2d.apply(tape, x, window, countsPadding);
    }
  }

  /**
   * Pooling to a size.
   *
   * @param largest whether the largest values are taken, or means
   */
  record AdaptivePool2d(boolean largest, int height, int width) implements OfOne {
    @Override
    public LayerKind kind() {
      return new LayerKind.AdaptivePool(largest, new LayerKind.Extent(height, width));
    }

    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return largest
          ? org.pellucid.engine.ops.AdaptivePool2d.max(tape, x, height, width)
          : org.pellucid.engine.ops.AdaptivePool2d.average(tape, x, height, width);
    }
  }

  /**
   * From images {@code [batch, height, width, channels]} to rows of features.
   *
   * @param channelsFirst whether features stand in PyTorch's order; a linear layer's weights are
   *     rather laid out for the other
   */
  record Flatten(boolean channelsFirst) implements OfOne {

    /** Channels last, as the tensor lies. */
    public Flatten() {
      this(false);
    }

    @Override
    public LayerKind kind() {
      return new LayerKind.Flatten();
    }

    @Override
    public Tensor forward(Tape tape, Tensor x) {
      if (!channelsFirst || x.rank() != 4) {
        return rows(tape, x);
      }
      var first = Transpose.apply(tape, x, 0, 3, 1, 2);
      var y = rows(tape, first);
      tape.discard(first);
      return y;
    }

    private static Tensor rows(Tape tape, Tensor x) {
      return Reshape.apply(tape, x, x.size(0), x.elements() / x.size(0));
    }
  }

  /**
   * A fully connected layer.
   *
   * @param weight {@code [outputs, inputs]}
   * @param bias {@code [outputs]}
   * @param biased whether the bias is a parameter, or zeros that stand for none
   */
  record Linear(Tensor weight, Tensor bias, boolean biased) implements OfOne {

    /** A layer with a bias. */
    public Linear(Tensor weight, Tensor bias) {
      this(weight, bias, true);
    }

    @Override
    public LayerKind kind() {
      return new LayerKind.Linear(Math.toIntExact(weight.size(0)), withoutBias(biased));
    }

    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return org.pellucid.engine.ops.Linear.apply(tape, x, weight, bias);
    }

    @Override
    public Stream<Tensor> parameters() {
      return biased ? Stream.of(weight, bias) : Stream.of(weight);
    }

    @Override
    public Stream<Tensor> tensors() {
      return Stream.of(weight, bias);
    }
  }

  /**
   * Dropout; the identity in evaluation mode.
   *
   * @param probability of dropping an element in training
   */
  record Dropout(double probability) implements OfOne {
    @Override
    public LayerKind kind() {
      return new LayerKind.Dropout(probability);
    }

    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return org.pellucid.engine.ops.Dropout.apply(tape, x);
    }

    @Override
    public Tensor train(Tape tape, Tensor x, long seed) {
      return org.pellucid.engine.ops.Dropout.train(tape, x, probability, seed);
    }
  }

  /** The sum of outputs of one shape, as at the end of a residual block. */
  record Add() implements Layer {
    @Override
    public LayerKind kind() {
      return new LayerKind.Add();
    }

    @Override
    public Tensor forward(Tape tape, List<Tensor> inputs) {
      check(inputs.size() > 1, "A sum needs two terms");
      var sum = org.pellucid.engine.ops.Add.apply(tape, inputs.get(0), inputs.get(1));
      for (var term : inputs.subList(2, inputs.size())) {
        var longer = org.pellucid.engine.ops.Add.apply(tape, sum, term);
        tape.discard(sum);
        sum = longer;
      }
      return sum;
    }
  }

  /** Outputs one after another along the channels. */
  record Concatenate() implements Layer {
    @Override
    public LayerKind kind() {
      return new LayerKind.Concatenate();
    }

    @Override
    public Tensor forward(Tape tape, List<Tensor> inputs) {
      var axis = inputs.getFirst().rank() - 1;
      return org.pellucid.engine.ops.Concatenate.apply(tape, axis, inputs.toArray(Tensor[]::new));
    }
  }
}
