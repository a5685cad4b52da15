package org.pellucid.models.nn;

import java.util.stream.Stream;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.ops.BatchNorm;
import org.pellucid.engine.ops.BatchNorm.RunningStatistics;
import org.pellucid.engine.ops.Convolution2d;
import org.pellucid.engine.ops.Dropout;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.MaxPool2d;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.tensor.Tensor;

/**
 * One layer of a feed-forward network. Images are channels-last, {@code [batch, height, width,
 * channels]}, with weights laid out to match.
 */
public sealed interface Layer {

  /** The layer's output for {@code x} in evaluation. */
  Tensor forward(Tape tape, Tensor x);

  /**
   * The layer's output for {@code x} in training, which is another only for batch normalisation and
   * dropout.
   *
   * @param seed of what the layer draws at random
   */
  default Tensor train(Tape tape, Tensor x, long seed) {
    return forward(tape, x);
  }

  /** The tensors that training would change. */
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
   * @param relu whether negative results become 0 in the same step
   */
  record Convolution(Tensor weight, Tensor bias, SlidingWindow window, boolean relu)
      implements Layer {
    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return Convolution2d.apply(tape, x, weight, bias, window, relu);
    }

    @Override
    public Stream<Tensor> parameters() {
      return Stream.of(weight, bias);
    }
  }

  /**
   * A batch normalisation with running statistics, which training moves by a tenth.
   *
   * @param gamma {@code [channels]}, and so are the other three
   */
  record BatchNormalisation(Tensor gamma, Tensor beta, Tensor mean, Tensor variance, double epsilon)
      implements Layer {
    /** PyTorch's default. */
    private static final double MOMENTUM = 0.1;

    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return BatchNorm.apply(tape, x, gamma, beta, mean, variance, epsilon);
    }

    @Override
    public Tensor train(Tape tape, Tensor x, long seed) {
      var running = new RunningStatistics(mean, variance, MOMENTUM);
      return BatchNorm.train(tape, x, gamma, beta, running, epsilon);
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

  /** A rectifier, {@code max(x, 0)}. */
  record Rectifier() implements Layer {
    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return Relu.apply(tape, x);
    }
  }

  /** A max pooling. */
  record MaxPooling(SlidingWindow window) implements Layer {
    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return MaxPool2d.apply(tape, x, window);
    }
  }

  /** The step from images {@code [batch, height, width, channels]} to rows of features. */
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
  record FullyConnected(Tensor weight, Tensor bias) implements Layer {
    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return Linear.apply(tape, x, weight, bias);
    }

    @Override
    public Stream<Tensor> parameters() {
      return Stream.of(weight, bias);
    }
  }

  /**
   * Dropout, which passes everything on in evaluation.
   *
   * @param probability of dropping an element in training
   */
  record DropoutLayer(double probability) implements Layer {
    @Override
    public Tensor forward(Tape tape, Tensor x) {
      return Dropout.apply(tape, x);
    }

    @Override
    public Tensor train(Tape tape, Tensor x, long seed) {
      return Dropout.train(tape, x, probability, seed);
    }
  }
}
