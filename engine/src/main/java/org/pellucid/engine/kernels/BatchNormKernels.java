package org.pellucid.engine.kernels;

import org.pellucid.engine.tensor.Tensor;

/** Batch normalisation along all axes but the last. */
public interface BatchNormKernels {

  /**
   * The mean and the variance, divided by the number of values, of each entry of the last axis over
   * all axes before it.
   *
   * @param x {@code [batch…, channels]}
   * @param mean receives {@code [channels]}
   * @param variance receives {@code [channels]}
   */
  void statistics(Tensor x, Tensor mean, Tensor variance);

  /** {@code out = 1 / √(variance + epsilon)}. */
  void inverseDeviation(Tensor variance, double epsilon, Tensor out);

  /**
   * Batch normalisation along all axes but the last: {@code out = (x − mean) · (inverseDeviation ·
   * gamma) + beta}.
   *
   * @param mean {@code [channels]}, and so are the other three
   */
  void forward(
      Tensor x, Tensor mean, Tensor inverseDeviation, Tensor gamma, Tensor beta, Tensor out);

  /**
   * The gradients of {@link #forward} with respect to gamma and beta: {@code Σ gradient · n} and
   * {@code Σ gradient} with {@code n = (x − mean) · inverseDeviation}, over all axes but the last.
   */
  void sums(
      Tensor x,
      Tensor mean,
      Tensor inverseDeviation,
      Tensor gradient,
      Tensor gammaGradient,
      Tensor betaGradient);

  /**
   * The gradient of {@link #forward} with respect to {@code x} where mean and deviation are those
   * of {@code x} itself: {@code gamma · inverseDeviation · (gradient − betaGradient / N − n ·
   * gammaGradient / N)} with {@code N} values a channel and the sums of {@link #sums}.
   */
  void gradient(
      Tensor x,
      Tensor mean,
      Tensor inverseDeviation,
      Tensor gamma,
      Tensor gradient,
      Tensor gammaGradient,
      Tensor betaGradient,
      Tensor out);
}
