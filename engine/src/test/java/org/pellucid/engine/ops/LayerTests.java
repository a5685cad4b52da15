package org.pellucid.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.ConvolutionLayer;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.Tensor;

@Tag("numeric")
class LayerTests {

  @ParameterizedTest
  @CsvSource({"false, false", "true, false", "false, true", "true, true"})
  void multipliesStacksOfMatrices(boolean transposeA, boolean transposeB) {
    var a = transposeA ? new long[] {2, 4, 3} : new long[] {2, 3, 4};
    var b = transposeB ? new long[] {2, 5, 4} : new long[] {2, 4, 5};
    OperationCheck.of((tape, in) -> MatMul.apply(tape, in[0], transposeA, in[1], transposeB))
        .input(a)
        .input(b)
        .givesValues(
            in -> {
              var y = new double[30];
              for (var i = 0; i < 120; i++) {
                var s = i / 60;
                var m = i / 20 % 3;
                var n = i / 4 % 5;
                var k = i % 4;
                y[(s * 3 + m) * 5 + n] +=
                    in[0][s * 12 + (transposeA ? k * 3 + m : m * 4 + k)]
                        * in[1][s * 20 + (transposeB ? n * 4 + k : k * 5 + n)];
              }
              return y;
            })
        .hasTrueGradients();
  }

  @Test
  void multipliesTwoMatrices() {
    OperationCheck.of((tape, in) -> MatMul.apply(tape, in[0], in[1]))
        .input(3, 2)
        .input(2, 4)
        .hasTrueGradients();
  }

  @Test
  void connectsFully() {
    OperationCheck.of((tape, in) -> Linear.apply(tape, in[0], in[1], in[2]))
        .input(2, 3, 4)
        .input(5, 4)
        .input(5)
        .givesValues(
            in -> {
              var y = new double[30];
              for (var row = 0; row < 6; row++) {
                for (var o = 0; o < 5; o++) {
                  y[row * 5 + o] = in[2][o];
                  for (var i = 0; i < 4; i++) {
                    y[row * 5 + o] += in[0][row * 4 + i] * in[1][o * 4 + i];
                  }
                }
              }
              return y;
            })
        .hasTrueGradients();
  }

  @Test
  void connectsFullyWithGelu() {
    OperationCheck.of((tape, in) -> Linear.withGelu(tape, in[0], in[1], in[2]))
        .input(2, 2, 3)
        .input(2, 3)
        .input(2)
        .hasTrueGradients();
    // Φ(1) = 0.8413447460685429 and 1 − Φ(1): the sums are 1 and −1.
    OperationCheck.of((tape, in) -> Linear.withGelu(tape, in[0], in[1], in[2]))
        .input(new double[] {1, 2}, 1, 2)
        .input(new double[] {1, -0.5, -1, -0.5}, 2, 2)
        .input(new double[] {1, 1}, 2)
        .givesValues(_ -> new double[] {0.8413447460685429, -0.15865525393145707});
  }

  @Test
  void letsARuleReplaceTheGeluBehindALinearLayer() {
    try (var tape = new Tape(Engine.portable());
        var x = Tensor.of(new double[] {1, 2}, 1, 2);
        var weight = Tensor.of(new double[] {3, 4}, 1, 2);
        var bias = Tensor.of(new double[] {0}, 1)) {
      tape.watch(x);
      tape.replaceBackward(Gelu.class, (_, backward) -> backward.passOn(0));
      var y = Linear.withGelu(tape, x, weight, bias);
      assertThat(tape.gradient(y, x).of(x).toDoubles()).containsExactly(3, 4);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "3, 3, 1, 1, NONE",
    "3, 3, 1, 1, RELU",
    "3, 3, 2, 0, NONE",
    "1, 1, 1, 0, RELU6",
    "2, 3, 2, 1, RELU"
  })
  void convolves(int height, int width, int stride, int padding, Rectifier rectifier) {
    var window = new SlidingWindow(height, width, stride, stride, padding, padding);
    OperationCheck.of(
            (tape, in) -> Convolution2d.apply(tape, in[0], in[1], in[2], window, rectifier))
        .input(2, 5, 4, 3)
        .input(height, width, 3, 2)
        .input(2)
        .givesValues(in -> Reference.convolution(in, 2, 5, 4, 3, 2, window, rectifier))
        .hasTrueGradients();
  }

  @ParameterizedTest
  @EnumSource
  void convolvesSeveralTimes(Rectifier last) {
    var first = SlidingWindow.square(3, 2, 1);
    var second = SlidingWindow.square(2, 1, 0);
    OperationCheck.of(
            (tape, in) ->
                ConvolutionChain.apply(
                    tape,
                    in[0],
                    List.of(
                        new ConvolutionLayer(in[1], in[2], first, Rectifier.RELU6),
                        new ConvolutionLayer(in[3], in[4], second, last))))
        .input(2, 5, 4, 3)
        .input(3, 3, 3, 4)
        .input(4)
        .input(2, 2, 4, 2)
        .input(2)
        .givesValues(
            in -> {
              var between = Reference.convolution(in, 2, 5, 4, 3, 4, first, Rectifier.RELU6);
              var rest = new double[][] {between, in[3], in[4]};
              return Reference.convolution(rest, 2, 3, 2, 4, 2, second, last);
            })
        .hasTrueGradients();
  }

  @ParameterizedTest
  @CsvSource({"2, 2, 0", "3, 2, 1", "2, 1, 0"})
  void poolsTheLargestValues(int size, int stride, int padding) {
    var window = SlidingWindow.square(size, stride, padding);
    OperationCheck.of((tape, in) -> MaxPool2d.apply(tape, in[0], window))
        .input(2, 5, 4, 3)
        .givesValues(in -> Reference.maxPool(in[0], 2, 5, 4, 3, window))
        .hasTrueGradients();
  }

  @ParameterizedTest
  @CsvSource({"2, 2, 0", "3, 2, 1", "2, 1, 0", "1, 1, 0"})
  void poolsMeans(int size, int stride, int padding) {
    var window = SlidingWindow.square(size, stride, padding);
    OperationCheck.of((tape, in) -> AveragePool2d.apply(tape, in[0], window))
        .input(2, 5, 4, 3)
        .givesValues(in -> Reference.averagePool(in[0], 2, 5, 4, 3, window))
        .hasTrueGradients();
  }

  @Test
  void givesTheGradientOfATieToTheFirst() {
    try (var tape = new Tape(Engine.portable());
        var x = Tensor.of(new double[] {3, 3, 3, 3}, 1, 2, 2, 1)) {
      tape.watch(x);
      var y = MaxPool2d.apply(tape, x, SlidingWindow.square(2, 2, 0));
      assertThat(tape.gradient(y, x).of(x).toDoubles()).containsExactly(1, 0, 0, 0);
    }
  }

  @Test
  void normalisesBatches() {
    try (var mean = Tensor.of(new double[] {0.5, -1, 2}, 3);
        var variance = Tensor.of(new double[] {0.25, 4, 1}, 3)) {
      OperationCheck.of(
              (tape, in) -> BatchNorm.apply(tape, in[0], in[1], in[2], mean, variance, 1e-5))
          .input(2, 2, 3)
          .input(3)
          .input(3)
          .givesValues(
              in -> {
                var y = in[0].clone();
                var mu = new double[] {0.5, -1, 2};
                var sigma2 = new double[] {0.25, 4, 1};
                Arrays.setAll(
                    y,
                    i ->
                        (in[0][i] - mu[i % 3]) / Math.sqrt(sigma2[i % 3] + 1e-5) * in[1][i % 3]
                            + in[2][i % 3]);
                return y;
              })
          .hasTrueGradients();
    }
  }

  @Test
  void normalisesByConstants() {
    try (var mean = Tensor.of(new double[] {0.5, -1, 2}, 3);
        var inverseDeviation = Tensor.of(new double[] {4, 0.25, 1}, 3)) {
      OperationCheck.of((tape, in) -> Normalise.apply(tape, in[0], mean, inverseDeviation))
          .input(2, 2, 3)
          .givesValues(
              in -> {
                var mu = new double[] {0.5, -1, 2};
                var d = new double[] {4, 0.25, 1};
                var y = in[0].clone();
                Arrays.setAll(y, i -> (in[0][i] - mu[i % 3]) * d[i % 3]);
                return y;
              })
          .hasTrueGradients();
    }
  }

  @Test
  void normalisesLayers() {
    OperationCheck.of((tape, in) -> LayerNorm.apply(tape, in[0], in[1], in[2], 1e-5))
        .input(3, 4)
        .input(4)
        .input(4)
        .givesValues(
            in -> {
              var y = new double[12];
              for (var row = 0; row < 3; row++) {
                var x = Arrays.copyOfRange(in[0], row * 4, row * 4 + 4);
                var mu = Arrays.stream(x).average().orElseThrow();
                var variance = Arrays.stream(x).map(v -> (v - mu) * (v - mu)).sum() / 4;
                for (var i = 0; i < 4; i++) {
                  y[row * 4 + i] = (x[i] - mu) / Math.sqrt(variance + 1e-5) * in[1][i] + in[2][i];
                }
              }
              return y;
            })
        .hasTrueGradients();
  }

  @Test
  void takesSoftmaxWithFactorAndMask() {
    try (var mask = Tensor.of(new double[] {0, 0, -1e4, 0, 0, 0}, 2, 1, 3)) {
      OperationCheck.of((tape, in) -> Softmax.apply(tape, in[0], 0.5, Optional.of(mask)))
          .input(2, 2, 3)
          .givesValues(
              in -> {
                var x = in[0].clone();
                Arrays.setAll(x, i -> 0.5 * x[i] + (i == 2 || i == 5 ? -1e4 : 0));
                return Reference.softmax(x, 3);
              })
          .hasTrueGradients();
    }
  }

  @Test
  void takesTheLogarithmOfSoftmax() {
    OperationCheck.of((tape, in) -> LogSoftmax.apply(tape, in[0]))
        .input(2, 4)
        .givesValues(in -> Arrays.stream(Reference.softmax(in[0], 4)).map(Math::log).toArray())
        .hasTrueGradients();
  }

  @Test
  void measuresCrossEntropy() {
    try (var targets = Tensor.of(new int[] {2, 0}, 2)) {
      OperationCheck.of((tape, in) -> CrossEntropy.apply(tape, in[0], targets))
          .input(2, 3)
          .givesValues(
              in -> {
                var p = Reference.softmax(in[0], 3);
                return new double[] {-Math.log(p[2]), -Math.log(p[3])};
              })
          .hasTrueGradients();
    }
  }

  @Test
  void keepsTheDigitsOfALossThatIsNearlyZero() {
    // With logits 40 and 0 the loss is log(1 + e⁻⁴⁰) = 4.248354255291589e-18 and so is −dL/dx₀.
    try (var tape = new Tape(Engine.portable());
        var x = Tensor.of(new float[] {40, 0}, 1, 2);
        var target = Tensor.of(new int[] {0}, 1)) {
      tape.watch(x);
      var loss = CrossEntropy.apply(tape, x, target);
      var gradient = tape.gradient(loss, x).of(x).toDoubles();
      assertThat(loss.toDoubles()[0]).isCloseTo(4.248354e-18, within(1e-23));
      assertThat(gradient[0]).isCloseTo(-4.248354e-18, within(1e-23));
      assertThat(gradient[1]).isCloseTo(4.248354e-18, within(1e-23));
    }
  }
}
