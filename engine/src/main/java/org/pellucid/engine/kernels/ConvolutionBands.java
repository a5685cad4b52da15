package org.pellucid.engine.kernels;

import java.util.Optional;
import org.pellucid.engine.tensor.Tensor;

/**
 * Several convolutions one after the other, computed for a band of the image after the other, so
 * that what lies between them is never laid out whole. The results have the same bits as those of
 * {@link ConvolutionKernels#forward} and {@link ConvolutionKernels#inputGradient}, layer by layer.
 */
public interface ConvolutionBands {

  /** Integers that note where gradients pass the rectifiers. */
  long gates();

  /**
   * Runs the layers.
   *
   * @param gates {@code [gates]} for {@link #inputGradient}, if that will be wanted
   */
  void forward(Tensor input, Optional<Tensor> gates, Tensor out);

  /**
   * The gradient of {@link #forward} with respect to its input.
   *
   * @param gates as the forward pass of the same input left them
   */
  void inputGradient(Tensor gradient, Tensor gates, Tensor out);
}
