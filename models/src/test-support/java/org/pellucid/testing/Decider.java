package org.pellucid.testing;

import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.Tensor;

/** What happens when a ReLU or a max pooling has decided. */
interface Decider {

  /** Whether {@link #signs} needs what the ReLU rectified. */
  boolean needsSums();

  /**
   * A ReLU has decided which elements pass.
   *
   * @param x what it rectified, if {@link #needsSums}; else empty
   * @param out its output; {@code x} itself, not rectified, if the ReLU is part of a convolution
   *     and {@link #needsSums}
   */
  void signs(double[] x, Tensor out);

  /**
   * A max pooling has decided.
   *
   * @param winners {@code int32}, of the shape of {@code out}: positions in the window
   */
  void winners(Tensor input, SlidingWindow window, Tensor winners, Tensor out);
}
