package org.pellucid.engine.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.engine.kernels.vector.KernelComparison.distance;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.kernels.portable.PortableKernels;
import org.pellucid.engine.kernels.vector.KernelComparison.Computation;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/** The vector kernels that training needs, in single precision, against the portable in double. */
@NeedsVectorKernels
class TrainingKernelsTests {
  private final KernelComparison comparison = new KernelComparison();

  private static long[] shape(String text) {
    return Stream.of(text.split("x")).mapToLong(Long::parseLong).toArray();
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1",
    "7, 1",
    "40001, 1",
    "3x100003, 1x1",
    "5x1003, 5x1",
    "70000x3, 70000x1",
    "2003x7, 7",
    "2003x16, 1x16",
    "300x3072, 3072",
    "2x50x40x37, 37",
    "3x1001x17, 3x1x17",
    "2x3x4, 2x3x4",
    "4x5x6x3, 1x5x1x3",
    "1x5x1x6, 5x1x1"
  })
  void sums(String from, String to) {
    var x = comparison.numbers(shape(from));
    for (var i = 0; i < x.length; i++) {
      x[i] = Math.abs(x[i]);
    }
    // A vector's lane adds up to 256 numbers in single precision, at 6e-8 each.
    assertThat(
            distance(
                (kernels, in) -> {
                  var out = in.empty(shape(to));
                  kernels.arithmetic().sum(in.of(x, shape(from)), out);
                  return out;
                }))
        .isLessThan(1e-6);
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 2", "1, 3, 4", "2, 0, 1", "2, 2, 3", "3, 1, 1"})
  void slicesAndPlaces(int axis, int start, int length) {
    var shape = new long[] {3, 7, 5, 2};
    var x = comparison.numbers(shape);
    var fast = new VectorKernels(2);
    var portable = new PortableKernels();
    for (var type : ElementType.values()) {
      var whole = Tensor.uninitialised(type, shape);
      whole.set(x);
      var partShape = shape.clone();
      partShape[axis] = length;
      var expected = Tensor.uninitialised(type, partShape);
      var part = Tensor.uninitialised(type, partShape);
      portable.movement().slice(whole, axis, start, expected);
      fast.movement().slice(whole, axis, start, part);
      assertThat(part.toDoubles()).isEqualTo(expected.toDoubles());
      var expectedPlaced = Tensor.zeros(type, shape);
      var placed = Tensor.zeros(type, shape);
      portable.movement().place(part, axis, start, expectedPlaced);
      fast.movement().place(part, axis, start, placed);
      assertThat(placed.toDoubles()).isEqualTo(expectedPlaced.toDoubles());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 3", "9, 5, 40", "700, 33, 1000", "3000, 48, 50"})
  void looksUpAndAddsRows(int rows, int columns, int count) {
    var table = comparison.numbers(rows, columns);
    var gradient = comparison.numbers(count, columns);
    var ids = new Random(3).ints(count, 0, rows).toArray();
    assertThat(
            distance(
                (kernels, in) -> {
                  var out = in.empty(count, columns);
                  kernels.lookups().gather(in.of(table, rows, columns), in.integers(ids), out);
                  return out;
                }))
        .isZero();
    // A row comes up at most a few dozen times.
    assertThat(
            distance(
                (kernels, in) -> {
                  var out = in.empty(rows, columns);
                  kernels
                      .lookups()
                      .scatterAdd(in.of(gradient, count, columns), in.integers(ids), out);
                  return out;
                }))
        .isLessThan(5e-7);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 2", "300, 11", "5, 37", "4, 5003"})
  void measuresCrossEntropy(int rows, int classes) {
    var x = comparison.numbers(rows, classes);
    for (var i = 0; i < x.length; i++) {
      x[i] = i % 7 == 0 ? 1.5f : 4 * x[i];
    }
    var g = comparison.numbers(rows, classes);
    var weights = comparison.numbers(rows);
    var targets = new Random(4).ints(rows, 0, classes).toArray();
    Computation logSoftmax =
        (kernels, in) -> {
          var out = in.empty(rows, classes);
          kernels.losses().logSoftmax(in.of(x, rows, classes), out);
          return out;
        };
    Computation gradient =
        (kernels, in) -> {
          var out = in.empty(rows, classes);
          kernels
              .losses()
              .logSoftmaxGradient(logSoftmax.run(kernels, in), in.of(g, rows, classes), out);
          return out;
        };
    Computation loss =
        (kernels, in) -> {
          var out = in.empty(rows);
          kernels
              .losses()
              .negativeLogLikelihood(logSoftmax.run(kernels, in), in.integers(targets), out);
          return out;
        };
    Computation lossGradient =
        (kernels, in) -> {
          var out = in.empty(rows, classes);
          kernels
              .losses()
              .crossEntropyGradient(
                  logSoftmax.run(kernels, in), in.integers(targets), in.of(weights, rows), out);
          return out;
        };
    // A logarithm of up to 30 rounds by 1e-6, and so its exponential relatively.
    for (var computation : new Computation[] {logSoftmax, gradient, loss, lossGradient}) {
      assertThat(distance(computation)).isLessThan(2e-6);
    }
  }

  @Test
  void keepsTheDigitsOfALossThatIsNearlyZero() {
    // With logits 40 and 0 the loss is log(1 + e⁻⁴⁰) = 4.248354255291589e-18 and so is −dL/dx₀.
    Computation losses =
        (kernels, in) -> {
          var logarithms = in.empty(1, 2);
          kernels.losses().logSoftmax(in.of(new float[] {40, 0}, 1, 2), logarithms);
          var target = in.integers(new int[] {0});
          var loss = in.empty(1);
          kernels.losses().negativeLogLikelihood(logarithms, target, loss);
          var gradient = in.empty(1, 2);
          kernels
              .losses()
              .crossEntropyGradient(logarithms, target, in.of(new float[] {1}, 1), gradient);
          var out = in.empty(3);
          kernels.movement().place(loss, 0, 0, out);
          try (var flat = gradient.view(2)) {
            kernels.movement().place(flat, 0, 1, out);
          }
          return out;
        };
    var values = KernelComparison.fast(1, losses);
    assertThat((double) values[0]).isCloseTo(4.248354e-18, within(1e-23));
    assertThat((double) values[1]).isCloseTo(-4.248354e-18, within(1e-23));
    assertThat((double) values[2]).isCloseTo(4.248354e-18, within(1e-23));
  }

  @ParameterizedTest
  @CsvSource({"5, 1", "77, 3", "5000, 16", "20011, 37", "300, 130"})
  void normalisesBatches(int values, int channels) {
    var x = comparison.numbers(values, channels);
    // A mean far from zero would cost a careless variance its digits.
    for (var i = 0; i < x.length; i++) {
      x[i] = x[i] * (1 + i % channels) + 100;
    }
    var g = comparison.numbers(values, channels);
    var gamma = comparison.numbers(channels);
    var beta = comparison.numbers(channels);
    for (var result = 0; result < 6; result++) {
      var chosen = result;
      Computation computation =
          (kernels, in) -> {
            var input = in.of(x, values, channels);
            var gradient = in.of(g, values, channels);
            var scale = in.of(gamma, channels);
            var mean = in.empty(channels);
            var deviation = in.empty(channels);
            var out = in.empty(values, channels);
            var slope = in.empty(values, channels);
            var gammas = in.empty(channels);
            var betas = in.empty(channels);
            kernels.batchNorm().statistics(input, mean, deviation);
            kernels.batchNorm().inverseDeviation(deviation, 1e-5, deviation);
            kernels.batchNorm().forward(input, mean, deviation, scale, in.of(beta, channels), out);
            kernels.batchNorm().sums(input, mean, deviation, gradient, gammas, betas);
            kernels
                .batchNorm()
                .gradient(input, mean, deviation, scale, gradient, gammas, betas, slope);
            return new Tensor[] {mean, deviation, out, gammas, betas, slope}[chosen];
          };
      // Numbers near 100 are given to 4e-6, their distance from the mean to 4e-6 of a deviation.
      assertThat(distance(computation)).as("result %d", result).isLessThan(5e-6);
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "17", "70001"})
  void takesStepsOfAdam(int size) {
    var start = comparison.numbers(size);
    var gradient = comparison.numbers(size);
    var settings = new AdamSettings(0.01, 0.9, 0.99, 1e-8, 0.1);
    assertThat(
            distance(
                (kernels, in) -> {
                  var parameter = in.of(start, size);
                  var first = in.zeros(size);
                  var second = in.zeros(size);
                  for (var step = 1; step <= 4; step++) {
                    var g = in.of(gradient, size);
                    kernels.arithmetic().scale(g, Math.cos(step), g);
                    kernels.training().adam(g, settings, step, first, second, parameter);
                  }
                  return parameter;
                }))
        .isLessThan(1e-7);
  }

  @Test
  void dropsTheSameElementsAsThePortableKernels() {
    var x = comparison.numbers(50021);
    Computation drop =
        (kernels, in) -> {
          var out = in.empty(50021);
          kernels.training().dropout(in.of(x, 50021), 0.3, 42, out);
          return out;
        };
    assertThat(distance(drop)).isLessThan(1e-7);
    var kept = 0;
    for (var value : KernelComparison.fast(1, drop)) {
      kept += value == 0 ? 0 : 1;
    }
    // Four deviations of a binomial distribution.
    assertThat(kept / 50021.0).isCloseTo(0.7, within(4 * Math.sqrt(0.3 * 0.7 / 50021)));
  }

  @Test
  void givesTheSameBitsWithAnyNumberOfThreads() {
    var x = comparison.numbers(3001, 41);
    var ids = new Random(3).ints(3001, 0, 4000).toArray();
    var computations =
        new Computation[] {
          (kernels, in) -> {
            var out = in.empty(41);
            kernels.arithmetic().sum(in.of(x, 3001, 41), out);
            return out;
          },
          (kernels, in) -> {
            var out = in.empty(1, 1);
            kernels.arithmetic().sum(in.of(x, 3001, 41), out);
            return out;
          },
          (kernels, in) -> {
            var out = in.empty(4000, 41);
            kernels.lookups().scatterAdd(in.of(x, 3001, 41), in.integers(ids), out);
            return out;
          },
          (kernels, in) -> {
            var out = in.empty(3001, 41);
            kernels.losses().logSoftmax(in.of(x, 3001, 41), out);
            return out;
          },
          (kernels, in) -> {
            var mean = in.empty(41);
            var variance = in.empty(41);
            kernels.batchNorm().statistics(in.of(x, 3001, 41), mean, variance);
            return variance;
          }
        };
    for (var computation : computations) {
      assertThat(KernelComparison.fast(1, computation))
          .isEqualTo(KernelComparison.fast(3, computation));
    }
  }
}
