package org.pellucid.engine.ops;

import org.pellucid.engine.autograd.Backward;
import org.pellucid.engine.autograd.Forward;
import org.pellucid.engine.autograd.Operation;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * {@code y = (x − μ) · d} along the last axis with fixed means μ and inverse deviations {@code d},
 * as images are normalised before a network's first layer; {@code dL/dx = g · d}.
 */
public final class Normalise implements Operation {
  private final Tensor mean;
  private final Tensor inverseDeviation;

  private Normalise(Tensor mean, Tensor inverseDeviation) {
    this.mean = mean;
    this.inverseDeviation = inverseDeviation;
  }

  /**
   * Channels moved and scaled by constants.
   *
   * @param x {@code [batch…, channels]}
   * @param mean {@code [channels]}
   * @param inverseDeviation {@code [channels]}
   * @throws IllegalArgumentException if the shapes don't fit
   */
  public static Tensor apply(Tape tape, Tensor x, Tensor mean, Tensor inverseDeviation) {
    Shapes.check(x.rank() >= 1, "A normalisation needs a channel axis");
    Shapes.checkShape("The mean of a normalisation", mean, x.size(-1));
    Shapes.checkShape("The inverse deviation of a normalisation", inverseDeviation, x.size(-1));
    return tape.apply(new Normalise(mean, inverseDeviation), x);
  }

  /** What is subtracted, {@code [channels]}. */
  public Tensor mean() {
    return mean;
  }

  /** What the difference is multiplied with, {@code [channels]}. */
  public Tensor inverseDeviation() {
    return inverseDeviation;
  }

  @Override
  public Normalise again() {
    return new Normalise(mean, inverseDeviation);
  }

  @Override
  public Tensor forward(Forward forward) {
    var x = forward.input(0);
    var kernels = forward.kernels();
    forward.save(mean);
    forward.save(inverseDeviation);
    var one = forward.allocate(mean.shape());
    var zero = forward.allocate(mean.shape());
    kernels.arithmetic().fill(1, one);
    kernels.arithmetic().fill(0, zero);
    var y = forward.allocate(x.shape());
    kernels.batchNorm().forward(x, mean, inverseDeviation, one, zero, y);
    forward.discard(one);
    forward.discard(zero);
    return y;
  }

  @Override
  public void backward(Backward backward) {
    var gradient = backward.allocate(backward.gradient().shape());
    backward.kernels().arithmetic().multiply(backward.gradient(), inverseDeviation, gradient);
    backward.add(0, gradient);
  }
}
