package org.pellucid.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

@Tag("numeric")
class ElementwiseTests {
  private static Function<double[][], double[]> each(DoubleUnaryOperator f) {
    return in -> Arrays.stream(in[0]).map(f).toArray();
  }

  @Test
  void addsTensorsOfOneShape() {
    OperationCheck.of((tape, in) -> Add.apply(tape, in[0], in[1]))
        .input(2, 3)
        .input(2, 3)
        .givesValues(
            in -> {
              var sum = in[0].clone();
              Arrays.setAll(sum, i -> in[0][i] + in[1][i]);
              return sum;
            })
        .hasTrueGradients();
  }

  @Test
  void addsWithBroadcastingInBothDirections() {
    OperationCheck.of((tape, in) -> Add.apply(tape, in[0], in[1]))
        .input(2, 1, 3)
        .input(4, 1)
        .givesValues(
            in -> {
              var sum = new double[24];
              Arrays.setAll(sum, i -> in[0][i / 12 * 3 + i % 3] + in[1][i / 3 % 4]);
              return sum;
            })
        .hasTrueGradients();
  }

  @Test
  void addsATensorToItself() {
    OperationCheck.of((tape, in) -> Add.apply(tape, in[0], in[0]))
        .input(5)
        .givesValues(each(x -> 2 * x))
        .hasTrueGradients();
  }

  @Test
  void multipliesWithBroadcasting() {
    OperationCheck.of((tape, in) -> Multiply.apply(tape, in[0], in[1]))
        .input(2, 3)
        .input(3)
        .givesValues(
            in -> {
              var product = in[0].clone();
              Arrays.setAll(product, i -> in[0][i] * in[1][i % 3]);
              return product;
            })
        .hasTrueGradients();
  }

  @Test
  void multipliesATensorByItself() {
    OperationCheck.of((tape, in) -> Multiply.apply(tape, in[0], in[0]))
        .input(2, 2)
        .givesValues(each(x -> x * x))
        .hasTrueGradients();
  }

  @Test
  void sumsTheGradientsOfATensorUsedFourTimes() {
    OperationCheck.of(
            (tape, in) -> {
              var twice = Add.apply(tape, in[0], in[0]);
              var square = Multiply.apply(tape, in[0], in[0]);
              return Add.apply(tape, Add.apply(tape, twice, square), in[0]);
            })
        .input(3)
        .givesValues(each(x -> 3 * x + x * x))
        .hasTrueGradients();
  }

  @Test
  void scales() {
    OperationCheck.of((tape, in) -> Scale.apply(tape, in[0], -2.5))
        .input(4)
        .givesValues(each(x -> -2.5 * x))
        .hasTrueGradients();
  }

  @Test
  void rectifies() {
    OperationCheck.of((tape, in) -> Relu.apply(tape, in[0]))
        .input(3, 5)
        .givesValues(each(x -> Math.max(x, 0)))
        .hasTrueGradients();
  }

  @Test
  void rectifiesWithAZeroGradientAtExactlyZero() {
    try (var tape = new Tape(Engine.portable());
        var x = Tensor.of(new double[] {-1, 0, 1, -0.0}, 4)) {
      tape.watch(x);
      var gradient = tape.gradient(Relu.apply(tape, x), x).of(x);
      assertThat(gradient.toDoubles()).containsExactly(0, 0, 1, 0);
    }
  }

  @Test
  void computesTheGaussianErrorLinearUnit() {
    // Φ(0) = 1/2 and Φ(1) = 0.8413447460685429 (Abramowitz and Stegun, table 26.1).
    OperationCheck.of((tape, in) -> Gelu.apply(tape, in[0]))
        .input(new double[] {0, 1, -1}, 3)
        .givesValues(_ -> new double[] {0, 0.8413447460685429, -0.1586552539314571})
        .hasTrueGradients();
    OperationCheck.of((tape, in) -> Gelu.apply(tape, in[0])).input(2, 9).hasTrueGradients();
  }

  @Test
  void computesTheHyperbolicTangent() {
    OperationCheck.of((tape, in) -> Tanh.apply(tape, in[0]))
        .input(7)
        .givesValues(each(Math::tanh))
        .hasTrueGradients();
  }

  @Test
  void computesTheLogisticFunction() {
    OperationCheck.of((tape, in) -> Sigmoid.apply(tape, in[0]))
        .input(7)
        .givesValues(each(x -> 1 / (1 + Math.exp(-x))))
        .hasTrueGradients();
    OperationCheck.of((tape, in) -> Sigmoid.apply(tape, in[0]))
        .input(new double[] {0, 800, -800}, 3)
        .givesValues(_ -> new double[] {0.5, 1, 0})
        .hasTrueGradients();
  }

  @Test
  void raisesE() {
    OperationCheck.of((tape, in) -> Exp.apply(tape, in[0]))
        .input(2, 3)
        .givesValues(each(Math::exp))
        .hasTrueGradients();
  }

  @Test
  void takesLogarithms() {
    OperationCheck.of((tape, in) -> Log.apply(tape, in[0]))
        .input(new double[] {0.5, 1, 3, 40, 1e-2}, 5)
        .givesValues(each(Math::log))
        .hasTrueGradients();
    try (var tape = new Tape(Engine.standard());
        var x = Tensor.of(new float[] {0, -1, Float.POSITIVE_INFINITY}, 3)) {
      assertThat(Log.apply(tape, x).toFloats())
          .containsExactly(Float.NEGATIVE_INFINITY, Float.NaN, Float.POSITIVE_INFINITY);
    }
  }

  @Test
  void dropsNothingOutInEvaluation() {
    OperationCheck.of((tape, in) -> Dropout.apply(tape, in[0]))
        .input(4)
        .givesValues(in -> in[0])
        .hasTrueGradients();
  }

  @Test
  void refusesShapesThatDontBroadcast() {
    try (var tape = new Tape(Engine.portable());
        var a = Tensor.of(new double[6], 2, 3);
        var b = Tensor.of(new double[4], 4)) {
      assertThatThrownBy(() -> Add.apply(tape, a, b))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("The shapes [2, 3] and [4] don't broadcast.");
    }
  }
}
