package org.pellucid.engine.kernels;

import java.util.Optional;
import org.pellucid.engine.tensor.Tensor;

/** Matrix products and fully connected layers. */
public interface ProductKernels {

  /**
   * The memory that a fully connected layer and its input's gradient need in addition to their
   * tensors, at most.
   *
   * @param weight {@code [outputs, inputs]}
   */
  default Workspace workspace(Tensor weight) {
    return Workspace.NONE;
  }

  /**
   * Matrix products over the last two axes: {@code out[…, m, n] = first[…, m, k] · second[…, k, n]}
   * with either operand optionally read transposed; the axes before are the same in both operands,
   * or {@code second} has two axes and serves all of {@code first}.
   */
  void matmul(
      Tensor first, boolean transposeFirst, Tensor second, boolean transposeSecond, Tensor out);

  /**
   * {@code out[…, o] = Σᵢ x[…, i] · weight[o, i] + bias[o]}: a fully connected layer with weights
   * as PyTorch stores them.
   */
  void linear(Tensor x, Tensor weight, Optional<Tensor> bias, Tensor out);

  /**
   * A fully connected layer followed by {@link ActivationKernels#gelu}: {@code out = gelu(x ·
   * weightᵀ + bias)}.
   *
   * @param sums receives {@code x · weightᵀ + bias}, of the shape of {@code out}, for the gradient;
   *     empty if it isn't wanted
   */
  void linearGelu(Tensor x, Tensor weight, Tensor bias, Optional<Tensor> sums, Tensor out);

  /** The gradient of {@link #linear} with respect to {@code x}: {@code out = gradient · weight}. */
  void linearInputGradient(Tensor gradient, Tensor weight, Tensor out);
}
