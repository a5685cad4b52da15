package org.pellucid.engine.kernels;

import org.pellucid.engine.tensor.Tensor;

/** Layer normalisation along the last axis. */
public interface LayerNormKernels {

  /**
   * Layer normalisation along the last axis: {@code out = gamma · n + beta} with {@code n = (x − μ)
   * · d} and {@code d = 1 / √(σ² + epsilon)}.
   *
   * @param normalised receives {@code n}, of the shape of {@code x}
   * @param inverseDeviation receives {@code d}, of the shape of {@code x} with a last size of 1
   */
  void forward(
      Tensor x,
      Tensor gamma,
      Tensor beta,
      double epsilon,
      Tensor normalised,
      Tensor inverseDeviation,
      Tensor out);

  /**
   * The gradient of {@link #forward} with respect to {@code x}: {@code d · (h − mean(h) − n ·
   * mean(h · n))} with {@code h = gradient · gamma}.
   */
  void gradient(
      Tensor normalised, Tensor inverseDeviation, Tensor gamma, Tensor gradient, Tensor out);
}
