package org.pellucid.engine.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.kernels.Kernels;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.kernels.portable.PortableKernels;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/** The vector kernels in single precision against the portable ones in double. */
@NeedsVectorKernels
class VectorKernelsTests {
  private final Kernels fast = new VectorKernels(2);
  private final Kernels exact = new PortableKernels();
  private final Random random = new Random(5);

  private float[] numbers(long... shape) {
    var values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static Tensor tensor(float[] values, ElementType type, long... shape) {
    var tensor = Tensor.uninitialised(type, shape);
    tensor.set(values);
    return tensor;
  }

  /** Runs one computation on both kernels and gives the relative RMS distance of the results. */
  private double distance(BiConsumer<Kernels, ElementType> prepare, Result result) {
    prepare.accept(exact, ElementType.FLOAT64);
    var expected = result.take();
    prepare.accept(fast, ElementType.FLOAT32);
    var actual = result.take();
    var difference = 0.0;
    var norm = 1e-300;
    for (var i = 0; i < expected.length; i++) {
      difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
      norm += expected[i] * expected[i];
    }
    return Math.sqrt(difference / norm);
  }

  private static final class Result {
    private double[] values;

    void set(Tensor tensor) {
      values = tensor.toDoubles();
    }

    double[] take() {
      return values;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, 6, 8, 16, 2, 2, 0",
    "1, 5, 7, 3, 3, 2, 1",
    "2, 4, 4, 17, 2, 1, 0",
    "2, 11, 13, 35, 5, 2, 2",
    "1, 9, 8, 37, 3, 3, 0",
    "1, 6, 5, 16, 2, 3, 0"
  })
  void pools(int batch, int height, int width, int channels, int size, int stride, int pad) {
    var window = SlidingWindow.square(size, stride, pad);
    var x = numbers(batch, height, width, channels);
    Arrays.fill(x, 0, channels * width, 0.5f);
    var rows = window.outputHeight(height);
    var columns = window.outputWidth(width);
    var g = numbers(batch, rows, columns, channels);
    var result = new Result();
    var distance =
        distance(
            (kernels, type) -> {
              var shape = new long[] {batch, rows, columns, channels};
              var winners = Tensor.uninitialised(ElementType.INT32, shape);
              var pooled = Tensor.uninitialised(type, shape);
              kernels
                  .pooling()
                  .max(tensor(x, type, batch, height, width, channels), window, winners, pooled);
              var out = Tensor.uninitialised(type, batch, height, width, channels);
              kernels.pooling().maxGradient(tensor(g, type, shape), winners, window, out);
              var both = Tensor.uninitialised(type, pooled.elements() + out.elements());
              var values = Arrays.copyOf(pooled.toDoubles(), (int) both.elements());
              System.arraycopy(
                  out.toDoubles(), 0, values, (int) pooled.elements(), (int) out.elements());
              both.set(values);
              result.set(both);
            },
            result);
    // Sums of at most four numbers round once or twice; winners are the same.
    assertThat(distance).isLessThan(1e-7);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 6, 8, 16, 2, 2, 0",
    "1, 5, 7, 3, 3, 2, 1",
    "2, 4, 4, 17, 2, 1, 0",
    "2, 11, 13, 35, 5, 2, 2",
    "1, 9, 8, 37, 3, 3, 0",
    "1, 6, 5, 16, 2, 3, 0"
  })
  void averages(int batch, int height, int width, int channels, int size, int stride, int pad) {
    var window = SlidingWindow.square(size, stride, pad);
    var x = numbers(batch, height, width, channels);
    var shape =
        new long[] {batch, window.outputHeight(height), window.outputWidth(width), channels};
    var g = numbers(shape);
    KernelComparison.Computation forward =
        (kernels, in) -> {
          var out = in.empty(shape);
          kernels.pooling().average(in.of(x, batch, height, width, channels), window, out);
          return out;
        };
    KernelComparison.Computation gradient =
        (kernels, in) -> {
          var out = in.empty(batch, height, width, channels);
          kernels.pooling().averageGradient(in.of(g, shape), window, out);
          return out;
        };
    // Sums of at most nine numbers round eight times, by 6e-8 of the sum each at most.
    assertThat(KernelComparison.distance(forward)).isLessThan(2e-7);
    assertThat(KernelComparison.distance(gradient)).isLessThan(2e-7);
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void multipliesMatrices(boolean transposeFirst, boolean transposeSecond) {
    var first = transposeFirst ? new long[] {3, 7, 5} : new long[] {3, 5, 7};
    var second = transposeSecond ? new long[] {3, 4, 7} : new long[] {3, 7, 4};
    var a = numbers(first);
    var b = numbers(second);
    var result = new Result();
    var distance =
        distance(
            (kernels, type) -> {
              var out = Tensor.uninitialised(type, 3, 5, 4);
              kernels
                  .products()
                  .matmul(
                      tensor(a, type, first),
                      transposeFirst,
                      tensor(b, type, second),
                      transposeSecond,
                      out);
              result.set(out);
            },
            result);
    assertThat(distance).isLessThan(1e-6);
  }

  @Test
  void connectsFullyAndCombinesElements() {
    var x = numbers(3, 37);
    var w = numbers(19, 37);
    var b = numbers(19);
    var result = new Result();
    var distance =
        distance(
            (kernels, type) -> {
              var out = Tensor.uninitialised(type, 3, 19);
              kernels
                  .products()
                  .linear(
                      tensor(x, type, 3, 37),
                      tensor(w, type, 19, 37),
                      Optional.of(tensor(b, type, 19)),
                      out);
              kernels.arithmetic().add(out, tensor(b, type, 19), out);
              kernels.arithmetic().multiply(out, out, out);
              kernels.arithmetic().scale(out, -0.5, out);
              kernels.arithmetic().add(out, tensor(new float[] {0.75f}, type), out);
              kernels.arithmetic().multiply(out, tensor(new float[] {1.5f}, type, 1), out);
              kernels.arithmetic().addScaled(out, 3, out);
              var rectified = Tensor.uninitialised(type, 3, 19);
              kernels.activations().relu(out, rectified);
              kernels.activations().reluGradient(rectified, out, rectified);
              kernels.arithmetic().add(rectified, out, out);
              result.set(out);
            },
            result);
    assertThat(distance).isLessThan(1e-6);
  }

  /**
   * A tensor that repeats in front, in the middle, in both and behind, in runs of many numbers and
   * of few, and one that doesn't repeat.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 37",
    "1, 5, 9, 37",
    "3, 1, 1, 37",
    "3, 1, 9, 37",
    "3, 5, 1, 37",
    "1, 5, 1, 37",
    "3, 5, 9, 37",
    "3, 5, 9, 1",
    "1, 1, 9, 1",
    "1, 1, 1, 1",
    "3, 1, 1, 1"
  })
  void addsAndMultipliesWhatRepeats(long first, long second, long third, long fourth) {
    var shape = new long[] {3, 5, 9, 37};
    var x = numbers(shape);
    var y = numbers(first, second, third, fourth);
    KernelComparison.Computation sum =
        (kernels, in) -> {
          var out = in.empty(shape);
          kernels.arithmetic().add(in.of(x, shape), in.of(y, first, second, third, fourth), out);
          return out;
        };
    KernelComparison.Computation product =
        (kernels, in) -> {
          var out = in.empty(shape);
          kernels
              .arithmetic()
              .multiply(in.of(x, shape), in.of(y, first, second, third, fourth), out);
          return out;
        };
    // One operation rounds by 6e-8 at most.
    assertThat(KernelComparison.distance(sum)).isLessThan(6e-8);
    assertThat(KernelComparison.distance(product)).isLessThan(6e-8);
  }

  /** Axes of a few numbers, and more on either side than are turned at a time. */
  @ParameterizedTest
  @CsvSource({"2, 3, 5, 7", "2, 3, 61, 70", "1, 70, 9, 23", "1, 2, 66, 65", "1, 1, 1, 4100"})
  void permutesFourAxes(long first, long second, long third, long fourth) {
    var sizes = new long[] {first, second, third, fourth};
    var x = numbers(sizes);
    for (var axes :
        new int[][] {
          {0, 2, 3, 1}, {0, 3, 1, 2}, {0, 1, 3, 2}, {0, 2, 1, 3}, {3, 2, 1, 0}, {1, 2, 3, 0}
        }) {
      var shape = Arrays.stream(axes).mapToLong(axis -> sizes[axis]).toArray();
      var result = new Result();
      var distance =
          distance(
              (kernels, type) -> {
                var out = Tensor.uninitialised(type, shape);
                kernels.movement().permute(tensor(x, type, sizes), axes, out);
                result.set(out);
              },
              result);
      assertThat(distance).isZero();
    }
  }
}
