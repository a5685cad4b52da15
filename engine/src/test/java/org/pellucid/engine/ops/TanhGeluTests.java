package org.pellucid.engine.ops;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TanhGeluTests {
  @Test
  void computesTheApproximateGaussianErrorLinearUnit() {
    OperationCheck.of((tape, in) -> TanhGelu.apply(tape, in[0]))
        .input(new double[] {0, 1, -1, 0.5, -3}, 5)
        .givesValues(in -> Arrays.stream(in[0]).map(TanhGeluTests::formula).toArray())
        .hasTrueGradients();
    OperationCheck.of((tape, in) -> TanhGelu.apply(tape, in[0])).input(2, 9).hasTrueGradients();
  }

  @Test
  void staysFiniteWhereTheCubeIsLarge() {
    OperationCheck.of((tape, in) -> TanhGelu.apply(tape, in[0]))
        .input(new double[] {40, -40}, 2)
        .givesValues(_ -> new double[] {40, 0})
        .hasTrueGradients();
  }

  private static double formula(double x) {
    return x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }
}
