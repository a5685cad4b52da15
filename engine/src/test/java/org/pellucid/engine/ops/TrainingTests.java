package org.pellucid.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.BatchNorm.RunningStatistics;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/** The operations that do in training something else than in evaluation. */
@Tag("numeric")
class TrainingTests {

  private static RunningStatistics statistics(ElementType type, int channels) {
    var variance = Tensor.uninitialised(type, channels);
    variance.array().assign(1);
    return new RunningStatistics(Tensor.zeros(type, channels), variance, 0.1);
  }

  @Test
  void normalisesByTheBatchsOwnStatistics() {
    var running = statistics(ElementType.FLOAT64, 3);
    OperationCheck.of((tape, in) -> BatchNorm.train(tape, in[0], in[1], in[2], running, 1e-3))
        .input(2, 2, 3, 3)
        .input(3)
        .input(3)
        .givesValues(
            in -> {
              var y = in[0].clone();
              for (var c = 0; c < 3; c++) {
                var channel = c;
                var x = new double[12];
                Arrays.setAll(x, i -> in[0][i * 3 + channel]);
                var mean = Arrays.stream(x).average().orElseThrow();
                var variance = Arrays.stream(x).map(v -> (v - mean) * (v - mean)).sum() / 12;
                for (var i = 0; i < 12; i++) {
                  y[i * 3 + c] = (x[i] - mean) / Math.sqrt(variance + 1e-3) * in[1][c] + in[2][c];
                }
              }
              return y;
            })
        .hasTrueGradients();
  }

  @Test
  void movesTheRunningStatisticsByTheUnbiasedVariance() {
    var running = statistics(ElementType.FLOAT64, 1);
    try (var tape = new Tape(Engine.portable());
        var x = Tensor.of(new double[] {1, 2, 6}, 3, 1);
        var one = Tensor.of(new double[] {1}, 1);
        var zero = Tensor.of(new double[] {0}, 1)) {
      BatchNorm.train(tape, x, one, zero, running, 1e-5);
      // The mean is 3, the squared distances 4, 1 and 9, their sum over N − 1 = 2 is 7.
      assertThat(running.mean().item()).isCloseTo(0.3, within(1e-15));
      assertThat(running.variance().item()).isCloseTo(0.9 + 0.7, within(1e-15));
      BatchNorm.train(tape, x, one, zero, running, 1e-5);
      assertThat(running.mean().item()).isCloseTo(0.57, within(1e-15));
    }
  }

  @Test
  void needsTwoValuesOfEachChannel() {
    var running = statistics(ElementType.FLOAT64, 2);
    try (var tape = new Tape(Engine.portable());
        var x = Tensor.of(new double[] {1, 2}, 1, 2);
        var ones = Tensor.of(new double[] {1, 1}, 2)) {
      assertThatThrownBy(() -> BatchNorm.train(tape, x, ones, ones, running, 1e-5))
          .hasMessage("Batch normalisation is trained with at least two values of each channel.");
      assertThatThrownBy(() -> new RunningStatistics(ones, ones, 2))
          .hasMessage("The momentum is 2.0, which is not in 0..1.");
    }
  }

  /** The mask is what Java's own SplittableRandom draws, one number an element. */
  @Test
  void dropsElementsAndEnlargesTheOthers() {
    OperationCheck.of((tape, in) -> Dropout.train(tape, in[0], 0.4, 77))
        .input(5, 7)
        .givesValues(
            in -> {
              var random = new SplittableRandom(77);
              return Arrays.stream(in[0])
                  .map(x -> (random.nextLong() >>> 11) * 0x1p-53 >= 0.4 ? x / 0.6 : 0)
                  .toArray();
            })
        .hasTrueGradients();
  }

  @Test
  void drawsAnotherMaskForAnotherSeed() {
    try (var tape = new Tape(Engine.portable());
        var x = Tensor.of(new double[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 16)) {
      var first = Dropout.train(tape, x, 0.5, 1).toDoubles();
      assertThat(Dropout.train(tape, x, 0.5, 1).toDoubles()).isEqualTo(first);
      assertThat(Dropout.train(tape, x, 0.5, 2).toDoubles()).isNotEqualTo(first);
      assertThat(Dropout.train(tape, x, 0, 1).toDoubles()).isEqualTo(x.toDoubles());
      assertThatThrownBy(() -> Dropout.train(tape, x, 1, 1))
          .hasMessage("The probability of dropping an element is 1.0, which is not in 0..1.");
    }
  }
}
