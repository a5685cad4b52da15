package org.pellucid.engine.ops;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/** Activations against {@code Math}, at kinks' sides and at numbers that could overflow. */
@Tag("numeric")
class ActivationTests {
  /** Both sides of every kink, tiny numbers, and numbers whose exponential overflows. */
  private static final double[] PLACES = {
    -800, -30, -3.01, -2.99, -1.5, -0.3, -1e-9, 0.01, 0.5, 2.99, 3.01, 5.99, 6.01, 30, 800
  };

  private static void check(OperationCheck.Call call, DoubleUnaryOperator f) {
    // Without tiny numbers, whose neighbours in the difference lie beyond the kink.
    OperationCheck.of(call)
        .input(Arrays.stream(PLACES).filter(x -> Math.abs(x) > 1e-4).toArray(), 14)
        .hasTrueGradients();
    OperationCheck.of(call)
        .input(PLACES, 3, 5)
        .givesValues(in -> Arrays.stream(in[0]).map(f).toArray());
  }

  @Test
  void leaks() {
    check((tape, in) -> LeakyRelu.apply(tape, in[0], 0.1), x -> x > 0 ? x : 0.1 * x);
    OperationCheck.of((tape, in) -> LeakyRelu.apply(tape, in[0], 0))
        .input(new double[] {-1, 2}, 2)
        .givesValues(_ -> new double[] {0, 2})
        .hasTrueGradients();
  }

  @Test
  void risesFromItsScale() {
    check((tape, in) -> Elu.apply(tape, in[0], 1.5), x -> x > 0 ? x : 1.5 * Math.expm1(x));
    // Has the digits of tiny numbers: eˣ − 1 = x + x²/2.
    OperationCheck.of((tape, in) -> Elu.apply(tape, in[0], 1))
        .input(new double[] {-1e-9}, 1)
        .givesValues(_ -> new double[] {-1e-9 + 5e-19});
    OperationCheck.of((tape, in) -> Elu.apply(tape, in[0], 1)).input(2, 2, 3).hasTrueGradients();
  }

  @Test
  void weighsByTheLogisticFunction() {
    check((tape, in) -> Silu.apply(tape, in[0]), x -> x / (1 + Math.exp(-x)));
    OperationCheck.of((tape, in) -> Silu.apply(tape, in[0])).input(2, 2, 3).hasTrueGradients();
  }

  @Test
  void rectifiesBelowSix() {
    check((tape, in) -> Relu6.apply(tape, in[0]), x -> Math.clamp(x, 0, 6));
    OperationCheck.of((tape, in) -> Relu6.apply(tape, in[0])).input(2, 2, 3).hasTrueGradients();
  }

  @Test
  void risesStraightFromZeroToOne() {
    check((tape, in) -> HardSigmoid.apply(tape, in[0]), x -> Math.clamp(x + 3, 0, 6) / 6);
    OperationCheck.of((tape, in) -> HardSigmoid.apply(tape, in[0]))
        .input(2, 2, 3)
        .hasTrueGradients();
  }

  @Test
  void weighsByThatStraightRise() {
    check((tape, in) -> HardSwish.apply(tape, in[0]), x -> x * Math.clamp(x + 3, 0, 6) / 6);
    OperationCheck.of((tape, in) -> HardSwish.apply(tape, in[0])).input(2, 2, 3).hasTrueGradients();
  }

  @Test
  void approximatesTheGaussianErrorLinearUnit() {
    check(
        (tape, in) -> TanhGelu.apply(tape, in[0]),
        x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));
    OperationCheck.of((tape, in) -> TanhGelu.apply(tape, in[0])).input(2, 2, 3).hasTrueGradients();
  }

  @Test
  void refusesSlopesThatAreNone() {
    try (var tape = new Tape(Engine.portable());
        var x = Tensor.of(new double[2], 2)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> LeakyRelu.apply(tape, x, -0.1))
          .withMessage("The slope of LeakyRelu is -0.1, not a number from 0 on.");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Elu.apply(tape, x, Double.NaN))
          .withMessageContaining("The scale of Elu is NaN");
    }
  }
}
