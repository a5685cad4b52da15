package org.pellucid.engine.kernels;

import org.pellucid.engine.tensor.Tensor;

/** Functions of each element, such as activations, with their gradients. */
public interface ActivationKernels {

  /** {@code out = max(x, 0)}; {@code out} may be {@code x}. */
  void relu(Tensor x, Tensor out);

  /**
   * {@code out = gradient} where {@code output > 0}, else 0; {@code out} may be {@code gradient}.
   */
  void reluGradient(Tensor output, Tensor gradient, Tensor out);

  /** {@code out = x · Φ(x)} with the exact normal distribution function Φ. */
  void gelu(Tensor x, Tensor out);

  /** {@code out = gradient · (Φ(x) + x · φ(x))}. */
  void geluGradient(Tensor x, Tensor gradient, Tensor out);

  /** {@code out = tanh(x)}. */
  void tanh(Tensor x, Tensor out);

  /** {@code out = gradient · (1 − output²)}. */
  void tanhGradient(Tensor output, Tensor gradient, Tensor out);

  /** {@code out = 1 / (1 + e⁻ˣ)}, with relative accuracy also where it is near 0. */
  void sigmoid(Tensor x, Tensor out);

  /** {@code out = gradient · output · (1 − output)}. */
  void sigmoidGradient(Tensor output, Tensor gradient, Tensor out);

  /** {@code out = eˣ}; its gradient is a product with {@code out}. */
  void exp(Tensor x, Tensor out);

  /** {@code out = ln x}. */
  void log(Tensor x, Tensor out);

  /** {@code out = gradient / x}. */
  void logGradient(Tensor x, Tensor gradient, Tensor out);

  /** {@code out = f(x)}. */
  void function(ElementFunction f, Tensor x, Tensor out);

  /** {@code out = gradient · f′(x)}. */
  void functionGradient(ElementFunction f, Tensor x, Tensor gradient, Tensor out);
}
