package org.pellucid.engine.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Attention;
import org.pellucid.engine.ops.Convolution2d;
import org.pellucid.engine.ops.Linear;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.tensor.Tensor;

class BackwardRuleTests {
  private final Engine engine = Engine.standard();
  @AutoClose private final Tape tape = new Tape(engine);

  private Tensor watched(float... values) {
    return tape.watch(Tensor.of(values, values.length));
  }

  /** Adds {@code factor} times the gradient instead of what the operation would. */
  private static <O extends Operation> BackwardRule<O> times(double factor) {
    return (_, backward) -> {
      var scaled = backward.allocate(backward.gradient().shape());
      backward.kernels().arithmetic().scale(backward.gradient(), factor, scaled);
      backward.add(0, scaled);
    };
  }

  private Tensor reluIn(String layer, Tensor x) {
    tape.enterLayer(layer);
    return Relu.apply(tape, x);
  }

  @Test
  void concernsTheLayersThatItAccepts() {
    try (var x = watched(-1, 2)) {
      tape.replaceBackward("second"::equals, Relu.class, times(5));
      assertThat(tape.gradient(Relu.apply(tape, x), x).of(x).toFloats()).containsExactly(0, 1);
      assertThat(tape.gradient(reluIn("first", x), x).of(x).toFloats()).containsExactly(0, 1);
      assertThat(tape.gradient(reluIn("second", x), x).of(x).toFloats()).containsExactly(5, 5);
      assertThat(tape.gradient(reluIn("", x), x).of(x).toFloats()).containsExactly(0, 1);
      assertThat(tape.replacesBackward(Relu.class)).isFalse();
      assertThat(tape.replacesBackward("second", Relu.class)).isTrue();
      assertThat(tape.replacesBackward("second", Add.class)).isFalse();
    }
  }

  @Test
  void winsOverEarlierRules() {
    try (var x = watched(-1, 2)) {
      tape.replaceBackward("a"::equals, Relu.class, times(2));
      tape.replaceBackward(Relu.class, times(3));
      assertThat(tape.gradient(reluIn("a", x), x).of(x).toFloats()).containsExactly(3, 3);
      tape.replaceBackward("a"::equals, Relu.class, times(4));
      assertThat(tape.gradient(reluIn("a", x), x).of(x).toFloats()).containsExactly(4, 4);
      assertThat(tape.gradient(reluIn("b", x), x).of(x).toFloats()).containsExactly(3, 3);
    }
  }

  @Test
  void learnsTheLayerAndTheParameters() {
    var seen = new ArrayList<String>();
    try (var x = watched(1, 2)) {
      tape.enterLayer("features.0");
      tape.replaceBackward(
          Scale.class, (scale, backward) -> seen.add(backward.layer() + " " + scale.factor()));
      tape.gradient(Scale.apply(tape, x, 7), x);
      assertThat(seen).containsExactly("features.0 7.0");
      assertThat(tape.layer()).isEqualTo("features.0");
    }
  }

  @Test
  void learnsWhatWasRecordedBefore() {
    var seen = new ArrayList<Boolean>();
    try (var x = watched(1, 2)) {
      tape.replaceBackward(
          Scale.class, (_, backward) -> seen.add(backward.follows(List.of(Relu.class))));
      var first = Scale.apply(tape, x, 7);
      tape.gradient(Scale.apply(tape, Relu.apply(tape, first), 2), x);
      assertThat(seen).containsExactly(true);
      seen.clear();
      tape.gradient(first, x);
      assertThat(seen).containsExactly(false);
    }
  }

  @Test
  void runsTheOperationsOwnStepWithAnotherGradient() {
    var contributions = new ArrayList<List<Optional<Tensor>>>();
    try (var x = watched(3, 4);
        var constant = Tensor.of(new float[] {10}, 1);
        var other = Tensor.of(new float[] {1, -1}, 2)) {
      tape.replaceBackward(Multiply.class, (_, backward) -> contributions.add(backward.own(other)));
      var square = Multiply.apply(tape, x, x);
      assertThat(tape.gradient(square, x).of(x).toFloats()).containsExactly(0, 0);
      tape.gradient(Multiply.apply(tape, x, constant), x);
      assertThat(contributions).hasSize(2);
      for (var position : contributions.getFirst()) {
        assertThat(position.orElseThrow().toFloats()).containsExactly(3, -4);
      }
      assertThat(contributions.getLast().getFirst().orElseThrow().toFloats())
          .containsExactly(10, -10);
      assertThat(contributions.getLast().getLast()).isEmpty();
    }
  }

  @Test
  void sumsOwnContributionsBackToTheShapeOfTheInput() {
    try (var x = watched(1, 2);
        var small = watched(5)) {
      tape.replaceBackward(
          Add.class,
          (_, backward) -> {
            var own = backward.own(backward.gradient());
            assertThat(own.getLast().orElseThrow().toFloats()).containsExactly(2);
            backward.add(0, own.getFirst().orElseThrow());
            backward.add(1, own.getLast().orElseThrow());
          });
      var gradients = tape.gradient(Add.apply(tape, x, small), x, small);
      assertThat(gradients.of(x).toFloats()).containsExactly(1, 1);
      assertThat(gradients.of(small).toFloats()).containsExactly(2);
    }
  }

  @Test
  void refusesAGradientOfAnotherShapeThanTheOutput() {
    try (var x = watched(3, 4);
        var three = Tensor.of(new float[3], 3);
        var doubles = Tensor.of(new double[2], 2)) {
      tape.replaceBackward(Relu.class, (_, backward) -> backward.own(three));
      assertThatThrownBy(() -> tape.gradient(Relu.apply(tape, x), x))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("The gradient of Relu's output has the shape [3] where [2] is needed.");
      tape.replaceBackward(Relu.class, (_, backward) -> backward.own(doubles));
      assertThatThrownBy(() -> tape.gradient(Relu.apply(tape, x), x))
          .hasMessage("The gradient of Relu's output is FLOAT64 where FLOAT32 is needed.");
    }
  }

  @Test
  void computesOnATapeOfItsOwnWithOtherWeights() {
    try (var x = tape.watch(Tensor.of(new float[] {1, 2}, 1, 2));
        var weight = Tensor.of(new float[] {3, -4}, 1, 2);
        var positive = Tensor.of(new float[] {3, 0}, 1, 2);
        var bias = Tensor.of(new float[] {0}, 1)) {
      tape.replaceBackward(
          Linear.class,
          (linear, backward) -> {
            try (var local = new Tape(backward.engine())) {
              var input = local.watch(backward.input(0));
              var y = local.apply(linear.again(), input, positive, backward.input(2));
              assertThat(y.item()).isEqualTo(3);
              backward.add(0, backward.copy(local.gradient(y, input).of(input)));
            }
          });
      var y = Linear.apply(tape, x, weight, bias);
      assertThat(y.item()).isEqualTo(-5);
      assertThat(tape.gradient(y, x).of(x).toFloats()).containsExactly(3, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {Relu.class, Convolution2d.class})
  void meetsTheStepsOfAConvolutionWithRelu(Class<? extends Operation> kind) {
    try (var x = tape.watch(Tensor.of(new float[] {1, -1}, 1, 1, 2, 1));
        var weight = Tensor.of(new float[] {2}, 1, 1, 1, 1);
        var bias = Tensor.of(new float[] {0}, 1)) {
      tape.replaceBackward("cnn.0"::equals, kind, times(10));
      tape.enterLayer("cnn.0");
      var window = SlidingWindow.square(1, 1, 0);
      var y = Convolution2d.apply(tape, x, weight, bias, window, Rectifier.RELU);
      assertThat(y.toFloats()).containsExactly(2, 0);
      var expected = kind == Relu.class ? new float[] {20, 20} : new float[] {10, 0};
      assertThat(tape.gradient(y, x).of(x).toFloats()).containsExactly(expected);
    }
  }

  private Tensor attention(Tensor x) {
    return Attention.apply(tape, x, x, x, 2, Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(classes = {MatMul.class, Softmax.class})
  void meetsTheStepsOfAttention(Class<? extends Operation> kind) {
    var calls = new ArrayList<String>();
    try (var x = tape.watch(Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 1, 2, 4))) {
      var fused = attention(x).toFloats();
      tape.replaceBackward(kind, (operation, _) -> calls.add(operation.name()));
      var y = attention(x);
      for (var i = 0; i < fused.length; i++) {
        // Two sums of two products of numbers up to 8 in single precision.
        assertThat(y.toFloats()[i]).isCloseTo(fused[i], within(1e-5f));
      }
      tape.gradient(y, x);
      assertThat(calls).isNotEmpty().containsOnly(kind.getSimpleName());
    }
  }

  @Test
  void concernsAttentionAsAWhole() {
    try (var x = tape.watch(Tensor.of(new float[] {1, 2, 3, 4}, 1, 2, 2))) {
      tape.replaceBackward(Attention.class, times(2));
      assertThat(tape.gradient(attention(x), x).of(x).toFloats()).containsOnly(2);
      tape.replaceBackward(Softmax.class, times(2));
      assertThatThrownBy(() -> attention(x))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("A backward rule for Attention can't be followed");
    }
  }

  @Test
  void isForOneClassOfOperations() {
    assertThatThrownBy(() -> tape.replaceBackward(Operation.class, times(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("A backward rule is for one class of operations, but Operation is abstract.");
  }
}
