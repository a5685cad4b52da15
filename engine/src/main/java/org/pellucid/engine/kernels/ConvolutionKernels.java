package org.pellucid.engine.kernels;

import java.util.List;
import java.util.Optional;
import org.pellucid.engine.tensor.Tensor;

/**
 * Two-dimensional convolution and its gradients. Images are channels-last.
 *
 * <p>Where a weight has fewer input channels than the image, channels and filters fall into as many
 * groups as the one goes into the other, each filter meeting the channels of its group alone.
 */
public interface ConvolutionKernels {

  /**
   * The memory that a forward pass and the input's gradient need in addition to their tensors, at
   * most.
   *
   * @param weight {@code [window height, window width, input channels, output channels]}
   */
  default Workspace workspace(Tensor weight, SlidingWindow window) {
    return Workspace.NONE;
  }

  /**
   * Cross-correlation as deep learning calls convolution: {@code out[n, y, x, k] = bias[k] + Σ
   * input[n, y·s + i·d − p, x·s + j·d − p, c] · weight[i, j, c, k]} with the window's dilation
   * {@code d}, zero outside the image, then the rectifier.
   *
   * @param weight {@code [window height, window width, channels of a group, output channels]}
   */
  void forward(
      Tensor input,
      Tensor weight,
      Optional<Tensor> bias,
      SlidingWindow window,
      Rectifier rectifier,
      Tensor out);

  /**
   * A way to run several convolutions one after the other without laying out whole what lies
   * between them; empty where there is none, or images of the shape would not gain by it.
   *
   * @param shape {@code [batch, height, width, channels]} of the first one's input
   * @param withGradient whether the input's gradient will be wanted
   */
  default Optional<ConvolutionBands> inBands(
      long[] shape, List<ConvolutionLayer> layers, boolean withGradient) {
    return Optional.empty();
  }

  /**
   * The gradient of {@link #forward} with respect to its input.
   *
   * @param rectified the convolution's output if a rectifier came after it
   */
  void inputGradient(
      Tensor gradient,
      Optional<Rectified> rectified,
      Tensor weight,
      SlidingWindow window,
      Tensor out);

  /** The gradient of {@link #forward}, without a rectifier, with respect to its weight. */
  void weightGradient(Tensor input, Tensor gradient, SlidingWindow window, Tensor out);
}
