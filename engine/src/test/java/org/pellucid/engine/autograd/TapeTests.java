package org.pellucid.engine.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.tensor.Tensor;

class TapeTests {
  private final Engine engine = Engine.portable();

  private static Tensor values(double... values) {
    return Tensor.of(values, values.length);
  }

  @Test
  void givesTheGradientOfAnIntermediateTensor() {
    try (var tape = new Tape(engine);
        var x = values(2, 3)) {
      tape.watch(x);
      var square = Multiply.apply(tape, x, x);
      var result = Scale.apply(tape, square, 5);
      var gradients = tape.gradient(result, square, x);
      assertThat(gradients.of(square).toDoubles()).containsExactly(5, 5);
      assertThat(gradients.of(x).toDoubles()).containsExactly(20, 30);
    }
  }

  @Test
  void weighsTheElementsOfTheResult() {
    try (var tape = new Tape(engine);
        var x = values(2, 3);
        var oneHot = values(0, 1)) {
      tape.watch(x);
      var result = Multiply.apply(tape, x, x);
      assertThat(tape.gradient(result, oneHot, List.of(x)).of(x).toDoubles()).containsExactly(0, 6);
      assertThat(oneHot.isClosed()).isFalse();
    }
  }

  @Test
  void answersTwiceFromOneRecording() {
    try (var tape = new Tape(engine);
        var x = values(2)) {
      tape.watch(x);
      var result = Multiply.apply(tape, x, x);
      assertThat(tape.gradient(result, x).of(x).item()).isEqualTo(4);
      assertThat(tape.gradient(result, x).of(x).item()).isEqualTo(4);
    }
  }

  @Test
  void refusesAGradientThatNothingLeadsTo() {
    try (var tape = new Tape(engine);
        var x = values(1);
        var y = values(1)) {
      tape.watch(x);
      var result = Scale.apply(tape, y, 2);
      assertThatThrownBy(() -> tape.gradient(result, x))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("doesn't depend");
      assertThatThrownBy(() -> tape.gradient(result, y)).hasMessageContaining("doesn't watch");
    }
  }

  @Test
  void returnsAllItsMemory() {
    try (var x = values(1, 2, 3)) {
      for (var round = 0; round < 3; round++) {
        try (var tape = new Tape(engine)) {
          tape.watch(x);
          var y = Relu.apply(tape, Multiply.apply(tape, x, x));
          tape.gradient(y, x);
          assertThat(engine.memory().usedBytes()).isPositive();
        }
        assertThat(engine.memory().usedBytes()).isZero();
      }
    }
  }

  @Test
  void keepsWhatWasSavedThroughADiscard() {
    try (var tape = new Tape(engine);
        var x = values(-1, 4)) {
      tape.watch(x);
      var square = Multiply.apply(tape, x, x);
      var y = Multiply.apply(tape, square, square);
      tape.discard(square);
      assertThat(tape.gradient(y, x).of(x).toDoubles()).containsExactly(-4, 256);
    }
  }

  @Test
  void givesBackWhatWasNotSaved() {
    try (var tape = new Tape(engine);
        var x = values(1, 2)) {
      var y = Scale.apply(tape, x, 2);
      tape.discard(y);
      assertThatThrownBy(y::toDoubles)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("given back");
      tape.discard(x);
      assertThat(x.toDoubles()).containsExactly(1, 2);
    }
  }

  @Test
  void replacesTheBackwardStepOfOneKindOfOperation() {
    try (var tape = new Tape(engine);
        var x = values(-1, 2)) {
      tape.watch(x);
      tape.replaceBackward(Relu.class, (_, backward) -> backward.passOn(0));
      var y = Scale.apply(tape, Relu.apply(tape, x), 3);
      assertThat(tape.gradient(y, x).of(x).toDoubles()).containsExactly(3, 3);
    }
  }

  @Test
  void replacesNothingThatWasAppliedBefore() {
    try (var tape = new Tape(engine);
        var x = values(-1, 2)) {
      tape.watch(x);
      var before = Relu.apply(tape, x);
      tape.replaceBackward(Relu.class, (_, backward) -> backward.passOn(0));
      assertThat(tape.gradient(before, x).of(x).toDoubles()).containsExactly(0, 1);
    }
  }

  @Test
  void refusesInputsOfDifferentTypes() {
    try (var tape = new Tape(engine);
        var x = Tensor.of(new float[] {1}, 1);
        var y = Tensor.of(new double[] {1}, 1)) {
      assertThatThrownBy(() -> Multiply.apply(tape, x, y))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("Multiply was given FLOAT32 and FLOAT64; convert one of them.");
    }
  }

  @Test
  void refusesToComputeOnceClosed() {
    var tape = new Tape(engine);
    tape.close();
    try (var x = values(1)) {
      assertThatThrownBy(() -> Relu.apply(tape, x)).hasMessageContaining("was closed");
    }
  }
}
