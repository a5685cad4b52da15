package org.pellucid.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/** Convolutions with groups and gaps, and poolings whose windows leave the image. */
@Tag("numeric")
class WindowTests {

  /** From the definition, with groups and gaps; image {@code [n, h, w, c]}. */
  private static double[] convolution(
      double[][] in, int n, int h, int w, int c, int k, SlidingWindow window, int groups) {
    var rows = window.outputHeight(h);
    var columns = window.outputWidth(w);
    var ofGroup = c / groups;
    var y = new double[n * rows * columns * k];
    for (var o = 0; o < y.length; o++) {
      var filter = o % k;
      y[o] = in[2][filter];
      for (var tap = 0; tap < window.pixels(); tap++) {
        var row =
            o / k / columns % rows * window.strideHeight()
                - window.paddingHeight()
                + tap / window.width() * window.dilationHeight();
        var column =
            o / k % columns * window.strideWidth()
                - window.paddingWidth()
                + tap % window.width() * window.dilationWidth();
        for (var z = 0; z < ofGroup && row >= 0 && column >= 0 && row < h && column < w; z++) {
          var channel = filter / (k / groups) * ofGroup + z;
          var image = o / k / columns / rows;
          y[o] +=
              in[0][((image * h + row) * w + column) * c + channel]
                  * in[1][(tap * ofGroup + z) * k + filter];
        }
      }
    }
    return y;
  }

  @ParameterizedTest
  @CsvSource({
    "2, 1, 1, 1, 2, 2, NONE",
    "2, 2, 1, 2, 1, 1, RELU",
    "4, 1, 1, 1, 1, 1, NONE",
    "4, 2, 2, 1, 2, 1, RELU6",
    "1, 1, 2, 2, 2, 3, NONE",
    "1, 2, 1, 1, 3, 2, RELU"
  })
  void convolvesInGroupsAndWithGaps(
      int groups,
      int tall,
      int strideHeight,
      int strideWidth,
      int dilationHeight,
      int dilationWidth,
      Rectifier rectifier) {
    var window =
        new SlidingWindow(tall, 3, strideHeight, strideWidth, 1, 2)
            .dilated(dilationHeight, dilationWidth);
    OperationCheck.of(
            (tape, in) -> Convolution2d.apply(tape, in[0], in[1], in[2], window, groups, rectifier))
        .input(2, 5, 6, 4)
        .input(tall, 3, 4 / groups, 8)
        .input(8)
        .givesValues(
            in -> {
              var y = convolution(in, 2, 5, 6, 4, 8, window, groups);
              return Arrays.stream(y).map(v -> Reference.rectify(v, rectifier)).toArray();
            })
        .hasTrueGradients();
  }

  @ParameterizedTest
  @CsvSource({
    "6, 6, 6, 1, 1",
    "40, 40, 40, 1, 1",
    "40, 40, 40, 2, 2",
    "8, 16, 8, 1, 1",
    "12, 24, 2, 2, 1",
    "3, 20, 1, 1, 3",
    "34, 68, 2, 1, 2"
  })
  void agreesInSinglePrecision(int channels, int filters, int groups, int stride, int dilation) {
    var window = SlidingWindow.square(3, stride, 1).dilated(dilation, dilation);
    for (var engine : new Engine[] {Engine.builder().threads(2).build(), Engine.portable()}) {
      try (engine) {
        for (var rectifier : new Rectifier[] {Rectifier.RELU, Rectifier.RELU6}) {
          var actual =
              results(engine, ElementType.FLOAT32, channels, filters, groups, window, rectifier);
          var expected =
              results(engine, ElementType.FLOAT64, channels, filters, groups, window, rectifier);
          for (var i = 0; i < 4; i++) {
            assertThat(distance(actual[i], expected[i])).as("result %d", i).isLessThan(1e-6);
          }
        }
      }
    }
  }

  /** The output and the three gradients. */
  private static double[][] results(
      Engine engine,
      ElementType type,
      int channels,
      int filters,
      int groups,
      SlidingWindow window,
      Rectifier rectifier) {
    try (var tape = new Tape(engine);
        var x = numbers(type, 1, 2, 9, 8, channels);
        var weight = numbers(type, 2, 3, 3, channels / groups, filters);
        var bias = numbers(type, 3, filters)) {
      tape.watch(x);
      tape.watch(weight);
      tape.watch(bias);
      var y = Convolution2d.apply(tape, x, weight, bias, window, groups, rectifier);
      var gradients = tape.gradient(y, x, weight, bias);
      return new double[][] {
        y.toDoubles(),
        gradients.of(x).toDoubles(),
        gradients.of(weight).toDoubles(),
        gradients.of(bias).toDoubles()
      };
    }
  }

  private static Tensor numbers(ElementType type, int seed, long... shape) {
    var tensor = Tensor.uninitialised(type, shape);
    var random = new Random(seed);
    var values = new float[Math.toIntExact(tensor.elements())];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    tensor.set(values);
    return tensor;
  }

  /** Relative RMS error; sums of a few hundred products round to some 1e-7. */
  private static double distance(double[] actual, double[] expected) {
    var difference = 0.0;
    var norm = 1e-300;
    for (var i = 0; i < expected.length; i++) {
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }

  @Test
  void refusesGroupsThatDontDivide() {
    try (var tape = new Tape(Engine.portable());
        var x = Tensor.of(new double[16], 1, 2, 2, 4);
        var weight = Tensor.of(new double[12], 1, 1, 2, 6);
        var bias = Tensor.of(new double[6], 6)) {
      var window = SlidingWindow.square(1, 1, 0);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Convolution2d.apply(tape, x, weight, bias, window, 4, Rectifier.NONE))
          .withMessage("A convolution from 4 channels to 6 can't have 4 groups.");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Convolution2d.apply(tape, x, weight, bias, window, Rectifier.NONE))
          .withMessageContaining("has the shape [1, 1, 2, 6] where [1, 1, 4, 6] is needed");
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 2, 0, 3", "3, 2, 1, 3", "3, 2, 0, 2", "2, 3, 1, 2", "3, 3, 1, 2"})
  void roundsTheNumberOfStepsUp(int size, int stride, int padding, int outputs) {
    // PyTorch's MaxPool2d(size, stride, padding, ceil_mode=True) of 5 rows gives so many.
    var window = SlidingWindow.square(size, stride, padding).roundedUp();
    assertThat(window.outputHeight(5)).isEqualTo(outputs);
    OperationCheck.of((tape, in) -> MaxPool2d.apply(tape, in[0], window))
        .input(2, 5, 4, 3)
        .givesValues(in -> Reference.maxPool(in[0], 2, 5, 4, 3, window))
        .hasTrueGradients();
  }

  @ParameterizedTest
  @CsvSource({
    "3, 2, 1, false, false",
    "2, 2, 0, true, true",
    "3, 2, 1, true, true",
    "3, 2, 1, true, false",
    "2, 2, 0, true, false",
    "2, 3, 1, true, true"
  })
  void countsPixelsOfMeans(int size, int stride, int padding, boolean ceiling, boolean counts) {
    var floor = SlidingWindow.square(size, stride, padding);
    var window = ceiling ? floor.roundedUp() : floor;
    OperationCheck.of((tape, in) -> AveragePool2d.apply(tape, in[0], window, counts))
        .input(2, 5, 4, 3)
        .givesValues(in -> means(in[0], window, counts))
        .hasTrueGradients();
  }

  /** Means over {@code [2, 5, 4, 3]} by PyTorch's definition. */
  private static double[] means(double[] x, SlidingWindow window, boolean countsPadding) {
    var rows = window.outputHeight(5);
    var columns = window.outputWidth(4);
    var y = new double[2 * rows * columns * 3];
    var padding = window.paddingHeight();
    for (var o = 0; o < y.length; o++) {
      var top = o / 3 / columns % rows * window.strideHeight() - padding;
      var left = o / 3 % columns * window.strideWidth() - padding;
      var counted = 0;
      for (var row = top; row < top + window.height(); row++) {
        for (var column = left; column < left + window.width(); column++) {
          var inside = row >= 0 && row < 5 && column >= 0 && column < 4;
          var inPadding =
              row >= -padding && row < 5 + padding && column >= -padding && column < 4 + padding;
          counted += inside || countsPadding && inPadding ? 1 : 0;
          y[o] += inside ? x[((o / 3 / columns / rows * 5 + row) * 4 + column) * 3 + o % 3] : 0;
        }
      }
      y[o] /= counted;
    }
    return y;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "5, 4", "5, 2", "2, 3", "3, 4", "7, 6"})
  void poolsToASize(int rows, int columns) {
    OperationCheck.of((tape, in) -> AdaptivePool2d.average(tape, in[0], rows, columns))
        .input(2, 5, 4, 3)
        .givesValues(in -> adaptive(in[0], rows, columns, false))
        .hasTrueGradients();
    OperationCheck.of((tape, in) -> AdaptivePool2d.max(tape, in[0], rows, columns))
        .input(2, 5, 4, 3)
        .givesValues(in -> adaptive(in[0], rows, columns, true))
        .hasTrueGradients();
  }

  private static double[] adaptive(double[] x, int rows, int columns, boolean largest) {
    var y = new double[2 * rows * columns * 3];
    for (var o = 0; o < y.length; o++) {
      var row = o / 3 / columns % rows;
      var column = o / 3 % columns;
      var sum = 0.0;
      var most = Double.NEGATIVE_INFINITY;
      var count = 0;
      for (var i = row * 5 / rows; i < Math.ceilDiv((row + 1) * 5, rows); i++) {
        for (var j = column * 4 / columns; j < Math.ceilDiv((column + 1) * 4, columns); j++) {
          var value = x[((o / 3 / columns / rows * 5 + i) * 4 + j) * 3 + o % 3];
          sum += value;
          most = Math.max(most, value);
          count++;
        }
      }
      y[o] = largest ? most : sum / count;
    }
    return y;
  }
}
