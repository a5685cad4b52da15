package org.pellucid.engine.kernels;

import org.pellucid.engine.tensor.Tensor;

/** The logarithm of softmax along rows, and the cross entropy computed from it. */
public interface LossKernels {

  /**
   * {@code out = x − log Σ exp(x)} along the last axis, accurate when one probability is near 1.
   */
  void logSoftmax(Tensor x, Tensor out);

  /** {@code out = gradient − exp(output) · Σ gradient} along the last axis. */
  void logSoftmaxGradient(Tensor output, Tensor gradient, Tensor out);

  /**
   * {@code out[row] = −logProbabilities[row, target[row]]}.
   *
   * @param targets {@code int32 [rows]}
   */
  void negativeLogLikelihood(Tensor logProbabilities, Tensor targets, Tensor out);

  /**
   * {@code out[row, j] = gradient[row] · (p[row, j] − [j = target[row]])} with {@code p =
   * exp(logProbabilities)}; the target's entry is computed by {@code expm1}, so that it keeps its
   * digits when the probability rounds to 1.
   */
  void crossEntropyGradient(Tensor logProbabilities, Tensor targets, Tensor gradient, Tensor out);
}
