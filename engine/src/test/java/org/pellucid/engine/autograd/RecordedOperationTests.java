package org.pellucid.engine.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.tensor.Tensor;

/** What one pass recorded, as the rules of another pass see it. */
class RecordedOperationTests {

  private static Tensor product(Tape tape, Tensor x) {
    var constant = Add.apply(tape, Tensor.of(new double[] {1}, 1), Tensor.of(new double[] {2}, 1));
    return Multiply.apply(tape, Relu.apply(tape, x), Add.apply(tape, x, constant));
  }

  /** Operations on constants alone aren't recorded. */
  @Test
  void standAtTheSamePositionsInTwoPasses() {
    try (var tape = new Tape();
        var other = new Tape()) {
      product(other, other.watch(Tensor.of(new double[] {4, -1}, 2)));
      var positions = new int[1];
      tape.replaceBackward(
          Multiply.class,
          (_, step) -> {
            positions[0] = step.position();
            var beside = other.recorded(step.position());
            assertThat(beside.operation()).isInstanceOf(Multiply.class);
            assertThat(beside.inputs()).isEqualTo(2);
            assertThat(beside.output().toDoubles()).containsExactly(4 * 7, 0);
            assertThat(beside.input(1).toDoubles()).containsExactly(7, 2);
            var own = beside.own(step.gradient());
            assertThat(own.get(0).orElseThrow().toDoubles()).containsExactly(7, 2);
            assertThat(own.get(1).orElseThrow().toDoubles()).containsExactly(4, 0);
            step.add(0, step.copy(own.get(0).orElseThrow()));
          });
      var x = tape.watch(Tensor.of(new double[] {3, 5}, 2));
      var y = product(tape, x);
      assertThat(other.recorded()).isEqualTo(tape.recorded()).isEqualTo(3);
      assertThat(tape.gradient(y, x).of(x).toDoubles()).containsExactly(7, 2);
      assertThat(positions[0]).isEqualTo(2);
    }
  }

  @Test
  void checksTheGradientOfTheOutput() {
    try (var tape = new Tape()) {
      Relu.apply(tape, tape.watch(Tensor.of(new double[] {4, -1}, 2)));
      assertThatThrownBy(() -> tape.recorded(0).own(Tensor.of(new double[] {1}, 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("The gradient of Relu's output");
      assertThatThrownBy(() -> tape.recorded(0).own(Tensor.of(new float[] {1, 1}, 2)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("where FLOAT64 is needed");
      assertThatThrownBy(() -> tape.recorded(1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
