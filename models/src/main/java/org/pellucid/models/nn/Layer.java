package org.pellucid.models.nn;

import java.util.stream.Stream;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.ops.BatchNorm.RunningStatistics;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.tensor.Tensor;

/**
 * One layer of a feed-forward network, named after the operation it applies. Images are
 * channels-last, {@code [batch, height, width, channels]}, with weights laid out to match.
 */
public sealed interface Layer {

  /** The layer's output for {@code x} in evaluation mode. */
  Tensor forward(Tape tape, Tensor x);

  /**
   * The layer's output for {@code x} in training mode, which differs for batch normalisation and
   * dropout only.
   *
   * @param seed of the layer's random numbers
   */
  default Tensor train(Tape tape, Tensor x, long seed) {
    return forward(tape, x);
  }

  /** The tensors that training changes. */
  default Stream<Tensor> parameters() {
    return Stream.empty();
  }

  /** All tensors of the layer. */
  default Stream<Tensor> tensors() {
    return parameters();
  }

  /**
   * A convolution.
   *
   * @param weight {@code [window height, window width, channels, filters]}
   * @param bias {@code [filters]}
   * @param relu whether negative results become 0 in the same operation
   */
  record Convolution2d(Tensor weight, Tensor bias, SlidingWindow window, boolean relu)
      implements Layer {
    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return org.pellucid.engine.ops.Convolution2d.apply(tape, x, weight, bias, window, relu);
    }

    @Override
    public Stream<Tensor> parameters() {
      return Stream.of(weight, bias);
    }
  }

  /**
   * Batch normalisation; training moves its running statistics by a tenth of the difference.
   *
   * @param gamma {@code [channels]}, and so are the other three
   */
  record BatchNorm(Tensor gamma, Tensor beta, Tensor mean, Tensor variance, double epsilon)
      implements Layer {
    /** PyTorch's default. */
    private static final double MOMENTUM = 0.1;

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
  record Normalise(Normalisation constants, Tensor mean, Tensor inverseDeviation) implements Layer {
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
  record Relu() implements Layer {
    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return org.pellucid.engine.ops.Relu.apply(tape, x);
    }
  }

  /** Max pooling. */
  record MaxPool2d(SlidingWindow window) implements Layer {
    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return org.pellucid.engine.ops.MaxPool2d.apply(tape, x, window);
    }
  }

  /** From images {@code [batch, height, width, channels]} to rows of features. */
  record Flatten() implements Layer {
    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return Reshape.apply(tape, x, x.size(0), x.elements() / x.size(0));
    }
  }

  /**
   * A fully connected layer.
   *
   * @param weight {@code [outputs, inputs]}
   * @param bias {@code [outputs]}
   */
  record Linear(Tensor weight, Tensor bias) implements Layer {
    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return org.pellucid.engine.ops.Linear.apply(tape, x, weight, bias);
    }

    @Override
    public Stream<Tensor> parameters() {
      return Stream.of(weight, bias);
    }
  }

  /**
   * Dropout; the identity in evaluation mode.
   *
   * @param probability of dropping an element in training
   */
  record Dropout(double probability) implements Layer {
    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return org.pellucid.engine.ops.Dropout.apply(tape, x);
    }

    @Override
    public Tensor train(Tape tape, Tensor x, long seed) {
      return org.pellucid.engine.ops.Dropout.train(tape, x, probability, seed);
    }
  }
}
