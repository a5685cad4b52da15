package org.pellucid.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ElementFunction;
import org.pellucid.engine.kernels.ElementFunction.Trigonometric;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/** The operations that graphs of other frameworks are put together from. */
@Tag("numeric")
class GraphOperationTests {

  static Stream<Arguments> functions() {
    return Stream.of(
        function(new ElementFunction.Absolute(), Math::abs),
        function(new ElementFunction.Sine(), Math::sin),
        function(new ElementFunction.Cosine(), Math::cos),
        function(new ElementFunction.Softplus(), x -> Math.log1p(Math.exp(x))),
        function(new ElementFunction.Softsign(), x -> x / (1 + Math.abs(x))),
        function(Trigonometric.TANGENT, Math::tan),
        function(Trigonometric.ARC_TANGENT, Math::atan),
        function(Trigonometric.HYPERBOLIC_SINE, Math::sinh),
        function(Trigonometric.HYPERBOLIC_COSINE, Math::cosh),
        function(Trigonometric.INVERSE_HYPERBOLIC_SINE, x -> Math.log(x + Math.sqrt(x * x + 1))),
        function(
            new ElementFunction.Shrink(0.5, 0.2), x -> x > 0.5 ? x - 0.2 : x < -0.5 ? x + 0.2 : 0),
        function(new ElementFunction.ThresholdedRelu(0.4), x -> x > 0.4 ? x : 0),
        function(new ElementFunction.Clip(-0.5, 0.7), x -> Math.min(Math.max(x, -0.5), 0.7)),
        function(new ElementFunction.Power(3), x -> x * x * x),
        function(new ElementFunction.Power(2), x -> x * x),
        function(new ElementFunction.Power(1), x -> x),
        function(new ElementFunction.Power(0), _ -> 1),
        function(new ElementFunction.Reciprocal(), x -> 1 / x),
        function(new ElementFunction.Sign(), Math::signum),
        function(new ElementFunction.Floor(), Math::floor),
        function(new ElementFunction.Ceiling(), Math::ceil),
        function(new ElementFunction.Round(), Math::rint));
  }

  private static Arguments function(ElementFunction function, DoubleUnaryOperator reference) {
    return Arguments.of(function, reference);
  }

  @ParameterizedTest
  @MethodSource("functions")
  void appliesAFunctionToEachElement(ElementFunction function, DoubleUnaryOperator reference) {
    OperationCheck.of((tape, in) -> Elementwise.apply(tape, function, in[0]))
        .input(new double[] {-1.3, -0.8, -0.31, 0.25, 0.61, 1.7}, 2, 3)
        .givesValues(in -> Arrays.stream(in[0]).map(reference).toArray())
        .hasTrueGradients();
  }

  static Stream<Arguments> functionsOfAnInterval() {
    return Stream.of(
        Arguments.of(Trigonometric.ARC_SINE, (DoubleUnaryOperator) Math::asin, 0),
        Arguments.of(Trigonometric.ARC_COSINE, (DoubleUnaryOperator) Math::acos, 0),
        Arguments.of(
            Trigonometric.INVERSE_HYPERBOLIC_TANGENT,
            (DoubleUnaryOperator) x -> Math.log((1 + x) / (1 - x)) / 2,
            0),
        Arguments.of(
            Trigonometric.INVERSE_HYPERBOLIC_COSINE,
            (DoubleUnaryOperator) x -> Math.log(x + Math.sqrt(x * x - 1)),
            2));
  }

  @ParameterizedTest
  @MethodSource("functionsOfAnInterval")
  void appliesAFunctionToEachElementOfAnInterval(
      ElementFunction function, DoubleUnaryOperator reference, double middle) {
    var x = Arrays.stream(new double[] {-0.9, -0.31, 0.25, 0.8}).map(d -> middle + d).toArray();
    OperationCheck.of((tape, in) -> Elementwise.apply(tape, function, in[0]))
        .input(x, 2, 2)
        .givesValues(in -> Arrays.stream(in[0]).map(reference).toArray())
        .hasTrueGradients();
  }

  @Test
  void takesRootsOfPositiveNumbers() {
    OperationCheck.of(
            (tape, in) -> Elementwise.apply(tape, new ElementFunction.SquareRoot(), in[0]))
        .input(new double[] {0.3, 1, 2.5}, 3)
        .givesValues(in -> Arrays.stream(in[0]).map(Math::sqrt).toArray())
        .hasTrueGradients();
  }

  @Test
  void appliesTheErrorFunction() {
    // The gradient against numeric differentiation; values of the function from Abramowitz and
    // Stegun, table 7.1, to ten digits.
    OperationCheck.of(
            (tape, in) -> Elementwise.apply(tape, new ElementFunction.ErrorFunction(), in[0]))
        .input(2, 3)
        .hasTrueGradients();
    try (var tape = new Tape(Engine.portable());
        var x = Tensor.of(new double[] {0, 0.5, 1, -2}, 4)) {
      var y = Elementwise.apply(tape, new ElementFunction.ErrorFunction(), x).toDoubles();
      assertThat(y)
          .containsExactly(
              new double[] {0, 0.5204998778, 0.8427007929, -0.9953222650}, within(5e-11));
    }
  }

  @Test
  void roundsHalvesToEvenNumbers() {
    try (var tape = new Tape(Engine.portable());
        var x = Tensor.of(new double[] {-2.5, -1.5, -0.5, 0.5, 1.5, 2.5}, 6)) {
      var y = Elementwise.apply(tape, new ElementFunction.Round(), x).toDoubles();
      assertThat(y).containsExactly(-2, -2, -0.0, 0, 2, 2);
    }
  }

  @Test
  void repeatsAlongAxesOfOneAndNewOnes() {
    OperationCheck.of((tape, in) -> Broadcast.apply(tape, in[0], 2, 3, 2))
        .input(3, 1)
        .givesValues(
            in -> {
              var y = new double[12];
              Arrays.setAll(y, i -> in[0][i / 2 % 3]);
              return y;
            })
        .hasTrueGradients();
  }

  @Test
  void padsOneAxisWithAConstant() {
    OperationCheck.of((tape, in) -> Pad.apply(tape, in[0], 1, 1, 2, -7))
        .input(2, 2, 2)
        .givesValues(
            in -> {
              var y = new double[20];
              Arrays.fill(y, -7);
              System.arraycopy(in[0], 0, y, 2, 4);
              System.arraycopy(in[0], 4, y, 12, 4);
              return y;
            })
        .hasTrueGradients();
  }

  @Test
  void takesRowsInAnyOrderAndRepeatedly() {
    OperationCheck.of((tape, in) -> Take.apply(tape, in[0], new int[] {2, 0, 2, 2}, 2, 4, 2))
        .input(3, 2)
        .givesValues(
            in ->
                new double[] {
                  in[0][4], in[0][5], in[0][0], in[0][1], in[0][4], in[0][5], in[0][4], in[0][5]
                })
        .hasTrueGradients();
  }

  @Test
  void choosesBetweenTwoTensors() {
    OperationCheck.of((tape, in) -> Select.apply(tape, new int[] {1, 0, 0, 1, 1, 0}, in[0], in[1]))
        .input(2, 3)
        .input(2, 3)
        .givesValues(
            in -> new double[] {in[0][0], in[1][1], in[1][2], in[0][3], in[0][4], in[1][5]})
        .hasTrueGradients();
  }

  @Test
  void whatIsNotChosenMayBeInfinite() {
    try (var engine = Engine.standard();
        var tape = new Tape(engine);
        var a = Tensor.of(new float[] {1, Float.NEGATIVE_INFINITY}, 2);
        var b = Tensor.of(new float[] {Float.NaN, 4}, 2)) {
      tape.watch(a);
      var y = Select.apply(tape, new int[] {1, 0}, a, b);
      assertThat(y.toFloats()).containsExactly(1, 4);
      assertThat(tape.gradient(y, a).of(a).toFloats()).containsExactly(1, 0);
    }
  }

  @Test
  void transposesAConvolution() {
    var window = new SlidingWindow(3, 2, 2, 1, 1, 0);
    OperationCheck.of(
            (tape, in) -> TransposedConvolution2d.apply(tape, in[0], in[1], window, 1, 5, 4))
        .input(2, 3, 3, 2)
        .input(3, 2, 3, 2)
        .givesValues(in -> transposed(in[0], in[1], 1))
        .hasTrueGradients();
  }

  @Test
  void transposesAConvolutionInGroups() {
    var window = new SlidingWindow(3, 2, 2, 1, 1, 0);
    OperationCheck.of(
            (tape, in) -> TransposedConvolution2d.apply(tape, in[0], in[1], window, 2, 5, 4))
        .input(2, 3, 3, 4)
        .input(3, 2, 3, 4)
        .givesValues(in -> transposed(in[0], in[1], 2))
        .hasTrueGradients();
  }

  /** For a window of 3x2, strides 2 and 1, padding 1 and 0, 3x3 pixels to 5x4, 3 channels. */
  private static double[] transposed(double[] x, double[] w, int groups) {
    var filters = w.length / 18;
    var channels = 3 * groups;
    var y = new double[2 * 5 * 4 * channels];
    for (var n = 0; n < 2; n++) {
      for (var p = 0; p < 9; p++) {
        for (var k = 0; k < filters; k++) {
          var first = k / (filters / groups) * 3;
          for (var i = 0; i < 3; i++) {
            for (var j = 0; j < 2; j++) {
              var row = p / 3 * 2 + i - 1;
              var column = p % 3 + j;
              for (var c = 0; row >= 0 && row < 5 && c < 3; c++) {
                y[((n * 5 + row) * 4 + column) * channels + first + c] +=
                    x[(n * 9 + p) * filters + k] * w[((i * 2 + j) * 3 + c) * filters + k];
              }
            }
          }
        }
      }
    }
    return y;
  }

  @Test
  void givesTheSameOnTheFastKernels() {
    var random = new Random(3);
    var numbers = new double[2 * 5 * 7];
    Arrays.setAll(numbers, _ -> random.nextDouble() * 4 - 2);
    try (var engine = Engine.standard();
        var tape = new Tape(engine);
        var exact = new Tape(Engine.portable());
        var x = Tensor.zeros(ElementType.FLOAT32, 2, 5, 7);
        var precise = Tensor.of(numbers, 2, 5, 7)) {
      x.set(numbers);
      var rows = new int[] {9, 0, 0, 3, 8};
      // Single precision rounds each number to 6e-8 of its size, which is at most 2.
      assertThat(Take.apply(tape, x, rows, 7, 5, 7).toDoubles())
          .containsExactly(Take.apply(exact, precise, rows, 7, 5, 7).toDoubles(), within(1.2e-7));
      assertThat(Pad.apply(tape, x, 2, 3, 1, 0.5).toDoubles())
          .containsExactly(Pad.apply(exact, precise, 2, 3, 1, 0.5).toDoubles(), within(1.2e-7));
      assertThat(Broadcast.apply(tape, x, 3, 2, 5, 7).toDoubles())
          .containsExactly(Broadcast.apply(exact, precise, 3, 2, 5, 7).toDoubles(), within(1.2e-7));
    }
  }

  @Test
  void refusesShapesThatDontFit() {
    try (var tape = new Tape(Engine.portable());
        var x = Tensor.of(new double[6], 2, 3)) {
      assertThatThrownBy(() -> Broadcast.apply(tape, x, 2, 4))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("doesn't stretch");
      assertThatThrownBy(() -> Take.apply(tape, x, new int[] {2}, 3, 1, 3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no row 2");
      assertThatThrownBy(() -> Pad.apply(tape, x, 2, 1, 1, 0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no axis 2");
      assertThatThrownBy(() -> Select.apply(tape, new int[5], x, x))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("5 conditions");
    }
  }
}
