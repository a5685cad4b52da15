package org.pellucid.engine.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.engine.tensor.ElementType.FLOAT32;
import static org.pellucid.engine.tensor.ElementType.FLOAT64;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.kernels.Rectified;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.kernels.portable.PortableKernels;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/** The convolutions in single precision against the portable ones in double. */
@NeedsVectorKernels
class ConvolutionTests {
  /**
   * Relative RMS error. Sums of a few thousand products round to a few 1e-7; Winograd's transforms
   * with well-chosen points and short chains of sums stay below 1e-6 as well.
   */
  private static final double TOLERANCE = 1e-6;

  private static final SlidingWindow THREE = SlidingWindow.square(3, 1, 1);

  private final Random random = new Random(5);

  /** One layer: its sizes, and random images, weights, biases and gradients. */
  private final class Case {
    final SlidingWindow window;
    final long[] input;
    final long[] weight;
    final long[] output;
    final float[] x;
    final float[] w;
    final float[] b;
    final float[] g;

    Case(int batch, int height, int width, int channels, int filters, SlidingWindow window) {
      this(batch, height, width, channels, channels, filters, window);
    }

    Case(
        int batch,
        int height,
        int width,
        int channels,
        int channelsOfAGroup,
        int filters,
        SlidingWindow window) {
      this.window = window;
      input = new long[] {batch, height, width, channels};
      weight = new long[] {window.height(), window.width(), channelsOfAGroup, filters};
      output = new long[] {batch, window.outputHeight(height), window.outputWidth(width), filters};
      x = numbers(input);
      w = numbers(weight);
      b = numbers(filters);
      g = numbers(output);
    }

    double[] forward(Kernels kernels, ElementType type, Rectifier rectifier) {
      try (var in = tensor(x, type, input);
          var weights = tensor(w, type, weight);
          var bias = tensor(b, type, b.length);
          var out = Tensor.uninitialised(type, output)) {
        kernels.convolutions().forward(in, weights, Optional.of(bias), window, rectifier, out);
        return out.toDoubles();
      }
    }

    double[] inputGradient(Kernels kernels, ElementType type, Rectifier rectifier) {
      try (var gradient = tensor(g, type, output);
          var mask = tensor(rectified(g.length), type, output);
          var weights = tensor(w, type, weight);
          var out = Tensor.uninitialised(type, input)) {
        var output = Rectified.of(mask, rectifier);
        kernels.convolutions().inputGradient(gradient, output, weights, window, out);
        return out.toDoubles();
      }
    }

    double[] weightGradient(Kernels kernels, ElementType type) {
      try (var in = tensor(x, type, input);
          var gradient = tensor(g, type, output);
          var out = Tensor.uninitialised(type, weight)) {
        kernels.convolutions().weightGradient(in, gradient, window, out);
        return out.toDoubles();
      }
    }
  }

  private float[] numbers(long... shape) {
    var values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** What a rectifier may have put out: zeros, numbers in between, and the bound of ReLU6. */
  private static float[] rectified(int size) {
    var values = new float[size];
    for (var i = 0; i < size; i++) {
      values[i] = (i * 7 + i / 3) % 3 * 3;
    }
    return values;
  }

  private static Tensor tensor(float[] values, ElementType type, long... shape) {
    var tensor = Tensor.uninitialised(type, shape);
    tensor.set(values);
    return tensor;
  }

  private static double distance(double[] actual, double[] expected) {
    var difference = 0.0;
    var norm = 1e-300;
    for (var i = 0; i < expected.length; i++) {
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 8, 8, 3, 5, 3, 1, 1",
    "2, 7, 5, 1, 16, 3, 1, 1",
    "1, 5, 5, 17, 33, 3, 2, 1",
    "2, 33, 31, 16, 32, 3, 1, 1",
    "3, 20, 22, 32, 64, 3, 1, 1",
    "1, 16, 16, 64, 32, 3, 1, 1",
    "1, 1, 1, 32, 32, 3, 1, 1",
    "2, 6, 6, 48, 32, 3, 1, 1",
    "1, 9, 11, 8, 8, 5, 1, 2",
    "2, 6, 7, 4, 6, 2, 2, 0",
    "1, 15, 14, 3, 64, 7, 2, 3",
    "1, 19, 141, 3, 40, 7, 2, 3",
    "2, 50, 39, 3, 70, 11, 4, 2",
    "1, 9, 300, 3, 16, 2, 3, 0",
    "1, 7, 7, 3, 12, 1, 2, 0",
    "2, 10, 11, 3, 6, 3, 2, 1",
    "2, 12, 13, 32, 64, 3, 2, 1",
    "1, 9, 9, 40, 33, 1, 2, 0",
    "1, 11, 8, 16, 20, 2, 3, 0",
    "2, 14, 30, 48, 70, 5, 4, 1",
    "1, 30, 31, 70, 48, 3, 2, 0",
    "1, 13, 10, 3, 48, 3, 1, 1",
    "1, 24, 24, 128, 128, 3, 1, 1",
    "1, 8, 8, 512, 256, 3, 1, 1"
  })
  void agreesWithDoublePrecision(
      int batch, int height, int width, int channels, int filters, int size, int stride, int pad) {
    var layer =
        new Case(batch, height, width, channels, filters, SlidingWindow.square(size, stride, pad));
    var fast = new VectorKernels(2);
    var exact = new PortableKernels();
    assertAgree(layer, fast, exact);
    assertThat(distance(layer.weightGradient(fast, FLOAT32), layer.weightGradient(exact, FLOAT64)))
        .isLessThan(TOLERANCE);
  }

  private static void assertAgree(Case layer, Kernels fast, Kernels exact) {
    var sums = layer.forward(exact, FLOAT64, Rectifier.NONE);
    for (var rectifier : Rectifier.values()) {
      var expected =
          Arrays.stream(sums)
              .map(sum -> Math.clamp(sum, rectifier.least(), rectifier.most()))
              .toArray();
      // The error is that of the sums, of which little may be left below the bound.
      assertThat(distance(layer.forward(fast, FLOAT32, rectifier), expected) * norm(expected))
          .as("forward, %s", rectifier)
          .isLessThan(TOLERANCE * norm(sums));
      assertThat(
              distance(
                  layer.inputGradient(fast, FLOAT32, rectifier),
                  layer.inputGradient(exact, FLOAT64, rectifier)))
          .as("gradient, %s", rectifier)
          .isLessThan(TOLERANCE);
    }
  }

  private static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(value -> value * value).sum());
  }

  /** Channels in whole vectors and not, fewer pixels than are summed together, gaps, steps. */
  @ParameterizedTest
  @CsvSource({
    "1, 9, 11, 32, 3, 1, 1, 1",
    "2, 12, 7, 40, 3, 2, 1, 1",
    "1, 6, 3, 17, 3, 1, 1, 1",
    "1, 5, 2, 64, 3, 1, 1, 1",
    "2, 10, 10, 16, 5, 1, 2, 1",
    "1, 14, 13, 33, 3, 1, 2, 2",
    "2, 9, 10, 20, 3, 3, 1, 2",
    "1, 12, 23, 16, 2, 3, 0, 1",
    "1, 3, 3, 24, 3, 1, 2, 1",
    "1, 40, 30, 48, 5, 2, 2, 1",
    "1, 8, 8, 24, 3, 1, 0, 1",
    "1, 60, 56, 96, 3, 1, 1, 1",
    "3, 7, 7, 160, 3, 1, 1, 1",
    "1, 7, 7, 5, 3, 1, 1, 1"
  })
  void agreesWithDoublePrecisionDepthwise(
      int batch, int height, int width, int channels, int size, int stride, int pad, int dilation) {
    var window = SlidingWindow.square(size, stride, pad).dilated(dilation, dilation);
    var layer = new Case(batch, height, width, channels, 1, channels, window);
    var fast = new VectorKernels(2);
    var exact = new PortableKernels();
    assertAgree(layer, fast, exact);
    var alone = new Case(1, height, width, channels, 1, channels, window);
    System.arraycopy(layer.x, 0, alone.x, 0, alone.x.length);
    System.arraycopy(layer.w, 0, alone.w, 0, alone.w.length);
    System.arraycopy(layer.b, 0, alone.b, 0, alone.b.length);
    assertThat(alone.forward(new VectorKernels(3), FLOAT32, Rectifier.RELU))
        .isEqualTo(Arrays.copyOf(layer.forward(fast, FLOAT32, Rectifier.RELU), alone.g.length));
  }

  /**
   * Shapes that take each of the ways: by blocks and by positions, tiles of 4 and 2, and direct.
   */
  @ParameterizedTest
  @CsvSource({"21, 19, 32, 64", "60, 60, 16, 32", "8, 8, 64, 64", "12, 12, 3, 32", "12, 12, 32, 3"})
  void givesTheSameBitsWithAnyNumberOfThreads(int height, int width, int channels, int filters) {
    var layer = new Case(2, height, width, channels, filters, THREE);
    var one = new VectorKernels(1);
    for (var threads : new int[] {2, 3, 5}) {
      var several = new VectorKernels(threads);
      assertThat(layer.forward(several, FLOAT32, Rectifier.RELU))
          .isEqualTo(layer.forward(one, FLOAT32, Rectifier.RELU));
      assertThat(layer.inputGradient(several, FLOAT32, Rectifier.RELU))
          .isEqualTo(layer.inputGradient(one, FLOAT32, Rectifier.RELU));
      assertThat(layer.weightGradient(several, FLOAT32))
          .isEqualTo(layer.weightGradient(one, FLOAT32));
    }
  }

  @ParameterizedTest
  @CsvSource({"32, 32, 32, 32", "8, 8, 64, 64", "12, 12, 3, 32", "12, 12, 32, 3"})
  void givesAImageTheSameBitsInAnyCompany(int height, int width, int channels, int filters) {
    var fast = new VectorKernels(2);
    var batch = new Case(7, height, width, channels, filters, THREE);
    var alone = new Case(1, height, width, channels, filters, THREE);
    System.arraycopy(batch.x, 0, alone.x, 0, alone.x.length);
    System.arraycopy(batch.g, 0, alone.g, 0, alone.g.length);
    System.arraycopy(batch.w, 0, alone.w, 0, alone.w.length);
    System.arraycopy(batch.b, 0, alone.b, 0, alone.b.length);
    assertThat(alone.forward(fast, FLOAT32, Rectifier.RELU))
        .isEqualTo(Arrays.copyOf(batch.forward(fast, FLOAT32, Rectifier.RELU), alone.g.length));
    assertThat(alone.inputGradient(fast, FLOAT32, Rectifier.NONE))
        .isEqualTo(
            Arrays.copyOf(batch.inputGradient(fast, FLOAT32, Rectifier.NONE), alone.x.length));
  }

  @ParameterizedTest
  @CsvSource({
    "15, 13, 3, 32, 7, 2, 3",
    "40, 141, 3, 20, 5, 2, 2",
    "12, 12, 40, 33, 3, 2, 1",
    "9, 9, 16, 70, 1, 2, 0"
  })
  void stridesGiveTheSameBitsInAnyCompanyAndWithAnyThreads(
      int height, int width, int channels, int filters, int size, int stride, int padding) {
    var window = SlidingWindow.square(size, stride, padding);
    var batch = new Case(5, height, width, channels, filters, window);
    var alone = new Case(1, height, width, channels, filters, window);
    System.arraycopy(batch.g, 0, alone.g, 0, alone.g.length);
    System.arraycopy(batch.w, 0, alone.w, 0, alone.w.length);
    var together = batch.inputGradient(new VectorKernels(1), FLOAT32, Rectifier.NONE);
    for (var threads : new int[] {1, 2, 3}) {
      assertThat(alone.inputGradient(new VectorKernels(threads), FLOAT32, Rectifier.NONE))
          .isEqualTo(Arrays.copyOf(together, alone.x.length));
    }
  }

  @Test
  void givesTheSameBitsCompiledAsInterpreted() {
    var layer = new Case(1, 16, 16, 32, 3, THREE);
    var fast = new VectorKernels(1);
    var first = layer.inputGradient(fast, FLOAT32, Rectifier.NONE);
    for (var i = 0; i < 3000; i++) {
      assertThat(layer.inputGradient(fast, FLOAT32, Rectifier.NONE)).isEqualTo(first);
    }
  }

  @Test
  void leavesNothingOfEarlierCallsInItsWorkingMemory() {
    var fast = new VectorKernels(2);
    var layer = new Case(1, 11, 9, 16, 32, THREE);
    var expected = layer.forward(fast, FLOAT32, Rectifier.NONE);
    new Case(2, 30, 30, 64, 64, THREE).forward(fast, FLOAT32, Rectifier.NONE);
    assertThat(layer.forward(fast, FLOAT32, Rectifier.NONE)).isEqualTo(expected);
  }
}
