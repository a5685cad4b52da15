package org.pellucid.explain.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.QuadraticModel;
import org.pellucid.models.Model;
import org.pellucid.models.Taps;

/** Outputs, gradients and layers of a model that is known in closed form. */
class EvaluatorTests {
  private static final int SIZE = 12;
  private static final double STEP = 1e-4;

  private final Evaluator evaluator =
      new Evaluator(Engine.portable(), new QuadraticModel(new long[] {1, 3, 4}, 3));
  private final Values input = numbers();

  private static Values numbers() {
    var numbers = new float[SIZE];
    for (var i = 0; i < SIZE; i++) {
      numbers[i] = (i % 5 - 2) / 8f;
    }
    return Values.of(numbers, 1, 3, 4);
  }

  private double[] gradient(Target target) {
    var batch = evaluator.newBatch(1);
    input.copyTo(batch.inputs(), 0);
    batch.compute(target, 1);
    return batch.gradient(0);
  }

  /** Inputs are single precision, so a step must be one of its numbers: 1/8192 is. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "output:1",
        "probability:2",
        "loss:0",
        "difference:2:0",
        "sum:0:1:2",
        "channel:squares:7"
      })
  void differentiatesEveryTargetAsDifferencesDo(String text) {
    var target = Target.parse(text);
    assertThat(target.text()).isEqualTo(text);
    var gradient = gradient(target);
    for (var i = 0; i < SIZE; i++) {
      var numbers = input.toArray();
      var step = 1f / 8192;
      numbers[i] += step;
      var above = evaluator.score(target, Values.of(numbers, 1, 3, 4));
      numbers[i] -= 2 * step;
      var below = evaluator.score(target, Values.of(numbers, 1, 3, 4));
      // Central differences of a smooth function err by the step squared, here 1.5e-8 times its
      // third derivative; the layer's values are rounded to single precision.
      assertThat((above - below) / (2 * step)).isCloseTo(gradient[i], within(STEP));
    }
  }

  @Test
  void explainsWhatComesAfterALayer() {
    var squares = evaluator.layerOutput(QuadraticModel.SQUARES, input);
    assertThat(squares.shape()).containsExactly(SIZE);
    var after = evaluator.at(QuadraticModel.SQUARES, input);
    assertThat(after.outputs(squares)).isEqualTo(evaluator.outputs(input));
    var batch = after.newBatch(1);
    squares.copyTo(batch.inputs(), 0);
    batch.compute(Target.output(1), 1);
    for (var i = 0; i < SIZE; i++) {
      assertThat(batch.gradients()[i]).isEqualTo(2.0 * i);
    }
  }

  @Test
  void handsOutInOrderWhateverTheBatch() {
    for (var size : List.of(1, 3, 8)) {
      var found = new double[7];
      evaluator.outputs(
          7,
          (number, target, offset) -> target[offset + 1] = number,
          RunOptions.standard().withBatchSize(size),
          (number, rows, offset) -> found[number] = rows[offset]);
      assertThat(found).containsExactly(0, 1, 4, 9, 16, 25, 36);
    }
  }

  @Test
  void refusesWhatTheModelDoesNotHave() {
    assertThatThrownBy(() -> evaluator.outputs(Values.of(new float[4], 4)))
        .hasMessageContaining("[4]")
        .hasMessageContaining("[1, 3, 4]");
    var nan = input.toArray();
    nan[3] = Float.NaN;
    assertThatThrownBy(() -> evaluator.outputs(Values.of(nan, 1, 3, 4)))
        .hasMessage("The input holds NaN or infinite values.");
    assertThatThrownBy(() -> gradient(Target.output(3)))
        .hasMessage("The target 3 is not one of the model's 3 outputs.");
    assertThatThrownBy(() -> gradient(new Target.Channel("conv9", 0)))
        .hasMessageContaining("no layer conv9; its layers are squares");
    assertThatThrownBy(() -> gradient(new Target.Channel(QuadraticModel.SQUARES, 12)))
        .hasMessageContaining("0..11, not 12");
    assertThatThrownBy(() -> gradient(Target.predicted())).hasMessageContaining("resolve");
  }

  @Test
  void saysWhenAModelIgnoresItsTaps() {
    var deaf =
        new Model() {
          @Override
          public long[] inputShape() {
            return new long[] {2};
          }

          @Override
          public int outputs() {
            return 2;
          }

          @Override
          public List<String> layerNames() {
            return List.of("hidden");
          }

          @Override
          public Tensor forward(Tape tape, Tensor inputs, Taps taps) {
            return Reshape.apply(tape, inputs, inputs.size(0), 2);
          }
        };
    var own = new Evaluator(Engine.portable(), deaf);
    assertThatThrownBy(() -> own.layerOutput("hidden", Values.of(new float[2], 2)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("did not offer its output to the taps");
  }
}
