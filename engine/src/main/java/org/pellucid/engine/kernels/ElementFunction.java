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

  /** {@code |x|}, level at 0. */
  record Absolute() implements ElementFunction {}

  /** {@code √x}. */
  record SquareRoot() implements ElementFunction {}

  /** {@code 1 / x}. */
  record Reciprocal() implements ElementFunction {}

  /** The error function {@code 2 / √π · ∫₀ˣ exp(−t²) dt}. */
  record ErrorFunction() implements ElementFunction {}

  /** The sine of an angle in radians. */
  record Sine() implements ElementFunction {}

  /** The cosine of an angle in radians. */
  record Cosine() implements ElementFunction {}

  /** Functions of angles beside sine and cosine, their inverses, and those of the hyperbola. */
  enum Trigonometric implements ElementFunction {
    /** {@code sin x / cos x}. */
    TANGENT,
    /** The angle in −π/2 … π/2 whose sine is {@code x}; NaN beyond −1 … 1. */
    ARC_SINE,
    /** The angle in 0 … π whose cosine is {@code x}; NaN beyond −1 … 1. */
    ARC_COSINE,
    /** The angle in −π/2 … π/2 whose tangent is {@code x}. */
    ARC_TANGENT,
    /** {@code (eˣ − e⁻ˣ) / 2}. */
    HYPERBOLIC_SINE,
    /** {@code (eˣ + e⁻ˣ) / 2}. */
    HYPERBOLIC_COSINE,
    /** {@code ln(x + √(x² + 1))}. */
    INVERSE_HYPERBOLIC_SINE,
    /** {@code ln(x + √(x² − 1))}; NaN below 1. */
    INVERSE_HYPERBOLIC_COSINE,
    /** {@code ln((1 + x) / (1 − x)) / 2}; NaN beyond −1 … 1. */
    INVERSE_HYPERBOLIC_TANGENT
  }

  /**
   * {@code x + bias} below {@code −threshold}, {@code x − bias} above {@code threshold}, and 0
   * between.
   */
  record Shrink(double threshold, double bias) implements ElementFunction {}

  /** {@code ln(1 + eˣ)}. */
  record Softplus() implements ElementFunction {}

  /** {@code x / (1 + |x|)}. */
  record Softsign() implements ElementFunction {}

  /** {@code x} where it is above the threshold, else 0. */
  record ThresholdedRelu(double threshold) implements ElementFunction {}

  /** {@code min(max(x, low), high)}; the slope is 1 at both bounds, as in PyTorch. */
  record Clip(double low, double high) implements ElementFunction {}

  /** {@code x} to a constant power. */
  record Power(double exponent) implements ElementFunction {}

  /** −1, 0 or 1; level everywhere. */
  record Sign() implements ElementFunction {}

  /** The largest whole number that is not above {@code x}; level everywhere. */
  record Floor() implements ElementFunction {}

  /** The smallest whole number that is not below {@code x}; level everywhere. */
  record Ceiling() implements ElementFunction {}

  /** The nearest whole number, an even one where two are; level everywhere. */
  record Round() implements ElementFunction {}
}
