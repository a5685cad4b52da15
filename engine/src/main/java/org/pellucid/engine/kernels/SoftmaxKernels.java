package org.pellucid.engine.kernels;

import java.util.Optional;
import org.pellucid.engine.tensor.Tensor;

/** Softmax along rows. */
public interface SoftmaxKernels {

  /**
   * {@code out = softmax(factor · x + mask)} along the last axis.
   *
   * @param mask added after scaling and broadcast to {@code x}, such as {@code [batch, 1, 1, keys]}
   *     with 0 for tokens and a large negative number for padding
   */
  void forward(Tensor x, double factor, Optional<Tensor> mask, Tensor out);

  /**
   * {@code out = factor · output · (gradient − Σ gradient · output)} along the last axis, the
   * gradient of {@link #forward} with respect to {@code x}.
   */
  void gradient(Tensor output, Tensor gradient, double factor, Tensor out);
}
