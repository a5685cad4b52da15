package org.pellucid.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.ops.Convolution2d;
import org.pellucid.engine.ops.MaxPool2d;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;

/** The comparison of precisions accepts ties by rounding and nothing else. */
class SinglePrecisionTests {

  private static Tensor tensor(ElementType type, double[] values, long... shape) {
    var tensor = Tensor.uninitialised(type, shape);
    tensor.set(values);
    return tensor;
  }

  /** The gradient of a max pooling over all values, times {@code weight}. */
  private static double[] pooled(Engine engine, ElementType type, double weight, double... values) {
    try (var x = tensor(type, values, 1, 1, values.length, 1);
        var seed = tensor(type, new double[] {weight}, 1, 1, 1, 1);
        var tape = new Tape(engine)) {
      tape.watch(x);
      var window = new SlidingWindow(1, values.length, 1, 1, 0, 0);
      var y = MaxPool2d.apply(tape, x, window);
      return tape.gradient(y, seed, List.of(x)).of(x).toDoubles();
    }
  }

  /** The gradient of a ReLU, on its own or as part of a convolution with a weight of 1. */
  private static double[] rectified(
      Engine engine, ElementType type, boolean convolution, double... values) {
    try (var x = tensor(type, values, 1, 1, values.length, 1);
        var weight = tensor(type, new double[] {1}, 1, 1, 1, 1);
        var bias = tensor(type, new double[1], 1);
        var tape = new Tape(engine)) {
      tape.watch(x);
      var y =
          convolution
              ? Convolution2d.apply(
                  tape, x, weight, bias, SlidingWindow.square(1, 1, 0), Rectifier.RELU)
              : Relu.apply(tape, x);
      return tape.gradient(y, x).of(x).toDoubles();
    }
  }

  @Test
  void acceptsAWinnerThatRoundingChose() {
    // In single precision both are 1, and the first wins.
    var runs = SinglePrecision.run((engine, type) -> pooled(engine, type, 1, 1, 1 + 1e-9), 1e-8);
    assertThat(runs.single()).containsExactly(1, 0);
    assertThat(runs.exact()).containsExactly(1, 0);
  }

  @Test
  void acceptsASignThatRoundingChose() {
    for (var convolution : new boolean[] {false, true}) {
      // In single precision the smallest number is 1.4e-45.
      var runs =
          SinglePrecision.run(
              (engine, type) -> rectified(engine, type, convolution, -1, 1e-50, 1), 1e-8);
      assertThat(runs.single()).containsExactly(0, 0, 1);
      assertThat(runs.exact()).containsExactly(0, 0, 1);
    }
  }

  @Test
  void refusesADecisionThatRoundingDoesNotExplain() {
    assertThatThrownBy(
            () ->
                SinglePrecision.check(
                    (engine, type) ->
                        pooled(engine, type, 1, type == ElementType.FLOAT32 ? 3 : 1, 2),
                    1e-5))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the widest margin at 1 decisions");
    for (var convolution : new boolean[] {false, true}) {
      assertThatThrownBy(
              () ->
                  SinglePrecision.check(
                      (engine, type) ->
                          rectified(engine, type, convolution, type.bytes() == 4 ? -1 : 1, 2),
                      1e-5))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("the widest margin at 1 decisions");
    }
  }

  @Test
  void refusesAnotherResultOfTheSameDecisions() {
    assertThatThrownBy(
            () ->
                SinglePrecision.check(
                    (engine, type) -> pooled(engine, type, type.bytes() == 4 ? 1.001 : 1, 1, 2),
                    1e-5))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("the same decisions");
  }

  @Test
  void letsTheFirstOfEqualCandidatesWinInDoublePrecision() {
    var gradient =
        pooled(DoublePrecision.engine(), ElementType.FLOAT64, 1, 0, 1, 1 + 1e-15, 1 - 1e-9);
    assertThat(gradient).containsExactly(0, 1, 0, 0);
  }
}
