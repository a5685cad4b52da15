package org.pellucid.engine.kernels;

import org.pellucid.engine.tensor.Tensor;

/** Pooling under a sliding window. Images are channels-last. */
public interface PoolingKernels {

  /**
   * The largest value under each window. Padding never wins; among equal values the first in
   * row-major order does, as in PyTorch.
   *
   * @param winners {@code int32}, of the shape of {@code out}: the winner's position in its window,
   *     {@code row · window width + column}
   */
  void max(Tensor input, SlidingWindow window, Tensor winners, Tensor out);

  /** Adds each window's gradient at its winner; windows that overlap accumulate. */
  void maxGradient(Tensor gradient, Tensor winners, SlidingWindow window, Tensor out);

  /** The mean of the values under each window, in which padding counts as zeros. */
  void average(Tensor input, SlidingWindow window, Tensor out);

  /** Adds each window's gradient, shared out evenly, to the pixels under it. */
  void averageGradient(Tensor gradient, SlidingWindow window, Tensor out);
}
