package org.pellucid.engine.kernels;

import static org.pellucid.engine.tensor.Shapes.check;

/**
 * The settings of Adam: step size, decay rates of the two moments, the number that keeps the
 * division finite, and decay of the weights added to the gradient (PyTorch's {@code weight_decay}).
 */
public record AdamSettings(
    double learningRate, double beta1, double beta2, double epsilon, double weightDecay) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a rate lies outside of 0..1 or another value is negative
   */
  public AdamSettings {
    check(learningRate >= 0, "The learning rate is %s, which is negative", learningRate);
    check(beta1 >= 0 && beta1 < 1, "beta1 is %s, which is not in 0..1", beta1);
    check(beta2 >= 0 && beta2 < 1, "beta2 is %s, which is not in 0..1", beta2);
    check(epsilon >= 0, "epsilon is %s, which is negative", epsilon);
    check(weightDecay >= 0, "The weight decay is %s, which is negative", weightDecay);
  }

  /** The defaults of the paper, which are PyTorch's as well, with the given step size. */
  public static AdamSettings of(double learningRate) {
    return new AdamSettings(learningRate, 0.9, 0.999, 1e-8, 0);
  }
}
