package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Optional;
import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * Batch normalisation over the last axis, {@code y = γ · n + β} with {@code n = (x − μ) · d} and
 * {@code d = 1 / √(σ² + ε)} (Ioffe and Szegedy, 2015); {@code dL/dγ = Σ g · n}, {@code dL/dβ = Σ
 * g}.
 *
 * <p>In evaluation μ and σ² are running statistics, so {@code dL/dx = g · γ · d}. In training they
 * are the mean and the variance (divided by N) of the N values that the batch has of each channel,
 * and gradients flow through them: {@code dL/dx = γ · d · (g − mean(g) − n · mean(g · n))}.
 */
public final class BatchNorm implements Operation {
  private final double epsilon;
  private final boolean training;
  private Tensor mean;
  private Tensor variance;
  private Tensor inverseDeviation;
  private Tensor savedX;
  private Tensor savedGamma;

  /**
   * What evaluation normalises by, learnt in training as moving averages: {@code μ ← (1 − m) · μ +
   * m · mean} and {@code σ² ← (1 − m) · σ² + m · variance · N / (N − 1)}, the unbiased variance as
   * PyTorch takes it.
   *
   * @param mean {@code [channels]}
   * @param variance {@code [channels]}
   * @param momentum the weight {@code m} of the newest batch, 0.1 in PyTorch unless chosen
   */
  public record RunningStatistics(Tensor mean, Tensor variance, double momentum) {
    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if the momentum is outside of 0..1
     */
    public RunningStatistics {
      check(momentum >= 0 && momentum <= 1, "The momentum is %s, which is not in 0..1", momentum);
    }
  }

  private BatchNorm(double epsilon) {
    this.epsilon = epsilon;
    this.training = true;
  }

  private BatchNorm(double epsilon, Tensor mean, Tensor variance) {
    this.epsilon = epsilon;
    this.training = false;
    this.mean = mean;
    this.variance = variance;
  }

  /**
   * A batch normalisation layer in evaluation, with fixed statistics.
   *
   * @param x {@code [batch…, channels]}
   * @param gamma {@code [channels]}, and so are the other three
   * @throws IllegalArgumentException if the shapes don't fit
   */
  public static Tensor apply(
      Tape tape,
      Tensor x,
      Tensor gamma,
      Tensor beta,
      Tensor mean,
      Tensor variance,
      double epsilon) {
    checkShapes(x, gamma, beta, mean, variance);
    return tape.apply(new BatchNorm(epsilon, mean, variance), x, gamma, beta);
  }

  /**
   * A batch normalisation layer in training: it normalises by the batch's own statistics and moves
   * the running ones towards them, in place.
   *
   * @param x {@code [batch…, channels]}
   * @param gamma {@code [channels]}
   * @param beta {@code [channels]}
   * @throws IllegalArgumentException if the shapes don't fit, or there are not at least two values
   *     of each channel
   */
  public static Tensor train(
      Tape tape, Tensor x, Tensor gamma, Tensor beta, RunningStatistics running, double epsilon) {
    checkShapes(x, gamma, beta, running.mean(), running.variance());
    var count = x.elements() / x.size(-1);
    check(count > 1, "Batch normalisation is trained with at least two values of each channel");
    var operation = new BatchNorm(epsilon);
    var y = tape.apply(operation, x, gamma, beta);
    var unbiased = (double) count / (count - 1);
    move(tape, running.mean(), operation.mean, running.momentum(), 1);
    move(tape, running.variance(), operation.variance, running.momentum(), unbiased);
    tape.discard(operation.mean);
    tape.discard(operation.variance);
    return y;
  }

  private static void checkShapes(
      Tensor x, Tensor gamma, Tensor beta, Tensor mean, Tensor variance) {
    check(x.rank() >= 1, "Batch normalisation needs a channel axis");
    Shapes.checkShape("The scale γ of a batch normalisation", gamma, x.size(-1));
    Shapes.checkShape("The shift β of a batch normalisation", beta, x.size(-1));
    Shapes.checkShape("The mean of a batch normalisation", mean, x.size(-1));
    Shapes.checkShape("The variance of a batch normalisation", variance, x.size(-1));
  }

  private static void move(
      Tape tape, Tensor running, Tensor current, double momentum, double factor) {
    var kernels = tape.engine().kernels();
    kernels.arithmetic().scale(running, 1 - momentum, running);
    kernels.arithmetic().addScaled(current, momentum * factor, running);
    running.changed();
  }

  /** What is added to the variance. */
  public double epsilon() {
    return epsilon;
  }

  /** Whether it normalises by the batch's own statistics. */
  public boolean training() {
    return training;
  }

  /** The fixed mean, {@code [channels]}; empty in training. */
  public Optional<Tensor> mean() {
    return training ? Optional.empty() : Optional.of(mean);
  }

  /** The fixed variance, {@code [channels]}; empty in training. */
  public Optional<Tensor> variance() {
    return training ? Optional.empty() : Optional.of(variance);
  }

  @Override
  public BatchNorm again() {
    return training ? new BatchNorm(epsilon) : new BatchNorm(epsilon, mean, variance);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var gamma = forward.input(1);
    var kernels = forward.kernels();
    if (training) {
      mean = forward.save(forward.allocate(gamma.shape()));
      variance = forward.allocate(gamma.shape());
      kernels.batchNorm().statistics(x, mean, variance);
    }
    inverseDeviation = forward.save(forward.allocate(gamma.shape()));
    kernels.batchNorm().inverseDeviation(variance, epsilon, inverseDeviation);
    savedX = forward.saveFor(1, training ? forward.saveFor(0, x) : x);
    savedGamma = forward.saveFor(0, gamma);
    var y = forward.allocate(x.shape());
    kernels.batchNorm().forward(x, mean, inverseDeviation, gamma, forward.input(2), y);
    forward.discard(inverseDeviation);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var g = backward.gradient();
    var kernels = backward.kernels();
    if (!training && backward.wants(0)) {
      var scale = backward.allocate(mean.shape());
      kernels.arithmetic().multiply(inverseDeviation, savedGamma, scale);
      var gradient = backward.allocate(g.shape());
      kernels.arithmetic().multiply(g, scale, gradient);
      backward.discard(scale);
      backward.add(0, gradient);
    }
    if (!backward.wants(1) && !(training && backward.wants(0))) {
      backward.passOn(2);
      return;
    }
    var gammaGradient = backward.allocate(mean.shape());
    var betaGradient = backward.allocate(mean.shape());
    kernels.batchNorm().sums(savedX, mean, inverseDeviation, g, gammaGradient, betaGradient);
    if (training && backward.wants(0)) {
      var gradient = backward.allocate(g.shape());
      kernels
          .batchNorm()
          .gradient(
              savedX, mean, inverseDeviation, savedGamma, g, gammaGradient, betaGradient, gradient);
      backward.add(0, gradient);
    }
    backward.add(1, gammaGradient);
    backward.add(2, betaGradient);
  }
}
