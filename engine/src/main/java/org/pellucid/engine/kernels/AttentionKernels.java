package org.pellucid.engine.kernels;

import org.pellucid.engine.tensor.Tensor;

/** Scaled dot-product attention over several heads. */
public interface AttentionKernels {

  /**
   * Scaled dot-product attention: for each head {@code out = P · value} with {@code P =
   * softmax(factor · query · keyᵀ + mask)} along the keys.
   *
   * @param out {@code [batch, queries, hidden]}, the heads' contexts side by side
   */
  void forward(AttentionInputs inputs, Tensor out);

  /**
   * The gradients of {@link #forward}, for each head {@code dV = Pᵀ · g}, {@code dQ = factor · S ·
   * key} and {@code dK = factor · Sᵀ · query} with {@code S = P ∘ (g · valueᵀ − Σ P ∘ (g ·
   * valueᵀ))}, the sum along the keys. {@code P} is computed again.
   *
   * @param gradient of the shape of the output
   */
  void gradient(
      AttentionInputs inputs,
      Tensor gradient,
      Tensor queryGradient,
      Tensor keyGradient,
      Tensor valueGradient);
}
