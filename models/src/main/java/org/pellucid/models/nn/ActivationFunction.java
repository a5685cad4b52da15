package org.pellucid.models.nn;

import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Elu;
import org.pellucid.engine.ops.Gelu;
import org.pellucid.engine.ops.HardSigmoid;
import org.pellucid.engine.ops.HardSwish;
import org.pellucid.engine.ops.LeakyRelu;
import org.pellucid.engine.ops.Relu6;
import org.pellucid.engine.tensor.Tensor;

/** A function of each element that a network may have in the place of a rectifier. */
public sealed interface ActivationFunction {

  /**
   * {@link org.pellucid.engine.ops.LeakyRelu}.
   *
   * @param slope of negative numbers, from 0 on
   */
  record LeakyRectifier(double slope) implements ActivationFunction {
    /** PyTorch's default. */
    static final double PYTORCH_SLOPE = 0.01;
  }

  /**
   * {@link org.pellucid.engine.ops.Elu}.
   *
   * @param alpha the size of the largest negative output
   */
  record ExponentialLinear(double alpha) implements ActivationFunction {
    /** PyTorch's default. */
    static final double PYTORCH_ALPHA = 1;
  }

  /** A function without parameters. */
  enum Plain implements ActivationFunction {
    /** {@link org.pellucid.engine.ops.Sigmoid}. */
    SIGMOID,
    /** {@link org.pellucid.engine.ops.Tanh}. */
    TANH,
    /** {@link org.pellucid.engine.ops.Gelu}. */
    GELU,
    /** {@link org.pellucid.engine.ops.TanhGelu}. */
    TANH_GELU,
    /** {@link org.pellucid.engine.ops.Silu}. */
    SILU,
    /** {@link org.pellucid.engine.ops.Relu6}. */
    RELU6,
    /** {@link org.pellucid.engine.ops.HardSwish}. */
    HARD_SWISH,
    /** {@link org.pellucid.engine.ops.HardSigmoid}. */
    HARD_SIGMOID
  }

  /** The function of each element. */
  default Tensor apply(Tape tape, Tensor x) {
    return switch (this) {
      case LeakyRectifier(var slope) -> LeakyRelu.apply(tape, x, slope);
      case ExponentialLinear(var alpha) -> Elu.apply(tape, x, alpha);
      case Plain.SIGMOID -> org.pellucid.engine.ops.Sigmoid.apply(tape, x);
      case Plain.TANH -> org.pellucid.engine.ops.Tanh.apply(tape, x);
      case Plain.GELU -> Gelu.apply(tape, x);
      case Plain.TANH_GELU -> org.pellucid.engine.ops.TanhGelu.apply(tape, x);
      case Plain.SILU -> org.pellucid.engine.ops.Silu.apply(tape, x);
      case Plain.RELU6 -> Relu6.apply(tape, x);
      case Plain.HARD_SWISH -> HardSwish.apply(tape, x);
      case Plain.HARD_SIGMOID -> HardSigmoid.apply(tape, x);
    };
  }

  /** Whether the backward step needs the output, as otherwise the input. */
  default boolean keepsOutput() {
    return this == Plain.SIGMOID || this == Plain.TANH;
  }
}
