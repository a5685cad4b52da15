package org.pellucid.engine.kernels;

/** A function of each element whose slope is worked out from its input. */
public sealed interface ElementFunction {

  /** {@code max(x, 0) + slope · min(x, 0)}; the slope at 0 is {@code slope}. */
  record LeakyRelu(double slope) implements ElementFunction {}

  /** {@code x} where it is positive, else {@code scale · (eˣ − 1)}. */
  record Elu(double scale) implements ElementFunction {}

  /** {@code x / (1 + e⁻ˣ)}. */
  record Silu() implements ElementFunction {}

  /** {@code min(max(x, 0), 6)}, level at 0 and 6. */
  record Relu6() implements ElementFunction {}

  /** {@code min(max(x + 3, 0), 6) / 6}, level at −3 and 3. */
  record HardSigmoid() implements ElementFunction {}

  /** {@code x · min(max(x + 3, 0), 6) / 6}. */
  record HardSwish() implements ElementFunction {}
}
