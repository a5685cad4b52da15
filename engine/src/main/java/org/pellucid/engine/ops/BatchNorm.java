package org.pellucid.engine.ops;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * Batch normalisation in evaluation mode over the last axis, {@code y = γ · n + β} with {@code n =
 * (x − μ) · d} and {@code d = 1 / √(σ² + ε)} from the running statistics (Ioffe and Szegedy, 2015);
 * {@code dL/dx = g · γ · d}, {@code dL/dγ = Σ g · n}, {@code dL/dβ = Σ g}.
 */
public final class BatchNorm implements Operation {
  private final double epsilon;
  private final Tensor mean;
  private final Tensor variance;
  private Tensor savedX;
  private Tensor savedScale;

  private BatchNorm(double epsilon, Tensor mean, Tensor variance) {
    this.epsilon = epsilon;
    this.mean = mean;
    this.variance = variance;
  }

  /**
   * A batch normalisation layer with fixed statistics.
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
    check(x.rank() >= 1, "Batch normalisation needs a channel axis");
    Shapes.checkShape("The scale γ of a batch normalisation", gamma, x.size(-1));
    Shapes.checkShape("The shift β of a batch normalisation", beta, x.size(-1));
    Shapes.checkShape("The mean of a batch normalisation", mean, x.size(-1));
    Shapes.checkShape("The variance of a batch normalisation", variance, x.size(-1));
    return tape.apply(new BatchNorm(epsilon, mean, variance), x, gamma, beta);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var kernels = forward.kernels();
    savedX = forward.saveFor(1, x);
    var scale = forward.save(forward.allocate(mean.shape()));
    kernels.inverseSquareRoot(variance, epsilon, scale);
    kernels.multiply(scale, forward.input(1), scale);
    savedScale = scale;
    var shift = forward.allocate(mean.shape());
    kernels.multiply(mean, scale, shift);
    kernels.scale(shift, -1, shift);
    kernels.add(shift, forward.input(2), shift);
    var y = forward.allocate(x.shape());
    kernels.multiply(x, scale, y);
    kernels.add(y, shift, y);
    forward.discard(shift);
    forward.discard(scale);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var g = backward.gradient();
    var kernels = backward.kernels();
    if (backward.wants(0)) {
      var gradient = backward.allocate(g.shape());
      kernels.multiply(g, savedScale, gradient);
      backward.add(0, gradient);
    }
    if (backward.wants(1)) {
      var inverseDeviation = backward.allocate(mean.shape());
      kernels.inverseSquareRoot(variance, epsilon, inverseDeviation);
      var negativeMean = backward.allocate(mean.shape());
      kernels.scale(mean, -1, negativeMean);
      var gradient = backward.allocate(g.shape());
      kernels.add(savedX, negativeMean, gradient);
      kernels.multiply(gradient, inverseDeviation, gradient);
      kernels.multiply(gradient, g, gradient);
      backward.discard(inverseDeviation);
      backward.discard(negativeMean);
      backward.add(1, gradient);
    }
    backward.passOn(2);
  }
}
