package org.pellucid.engine.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

@Tag("numeric")
class AttentionTests {

  @ParameterizedTest
  @CsvSource({"1, 1, 1, 1, 1", "2, 3, 3, 2, 2", "1, 2, 5, 3, 1", "2, 4, 3, 1, 3"})
  void attends(int batch, int queries, int keys, int heads, int headSize) {
    var hidden = (long) heads * headSize;
    OperationCheck.of(
            (tape, in) -> Attention.apply(tape, in[0], in[1], in[2], heads, Optional.empty()))
        .input(batch, queries, hidden)
        .input(batch, keys, hidden)
        .input(batch, keys, hidden)
        .givesValues(
            in ->
                Reference.attention(in, new double[batch * keys], batch, queries, heads, headSize))
        .hasTrueGradients();
  }

  @Test
  void attendsToWhatTheMaskLeaves() {
    var mask = new double[] {0, 0, -1e4, -1e4, 0, -1e4};
    try (var added = Tensor.of(mask, 2, 1, 1, 3)) {
      OperationCheck.of(
              (tape, in) -> Attention.apply(tape, in[0], in[1], in[2], 2, Optional.of(added)))
          .input(2, 2, 4)
          .input(2, 3, 4)
          .input(2, 3, 4)
          .givesValues(in -> Reference.attention(in, mask, 2, 2, 2, 2))
          .hasTrueGradients();
    }
  }

  /** Of one query at a time, it is what the mask for all queries gives. */
  @Test
  void takesAMaskForEachQueryAndItsGradient() {
    OperationCheck.of((tape, in) -> Attention.withMask(tape, in[0], in[1], in[2], 2, in[3]))
        .input(2, 2, 4)
        .input(2, 3, 4)
        .input(2, 3, 4)
        .input(1, 2, 2, 3)
        .hasTrueGradients();
    try (var tape = new Tape(Engine.portable());
        var queries = Tensor.of(new double[] {1, -2, 3, 4, 0.5, 6, -7, 8}, 1, 2, 4);
        var keys = Tensor.of(new double[] {2, 1, 0, -1, 1, 2, -1, 0, 0.5, 1, 1, 0}, 1, 3, 4);
        var masks = Tensor.of(new double[] {0, -1, -1e4, 2, 0, -3}, 1, 1, 2, 3)) {
      var both = Attention.withMask(tape, queries, keys, keys, 2, masks);
      for (var i = 0; i < 2; i++) {
        var query = Slice.apply(tape, queries, 1, i, 1);
        var mask = Optional.of(Slice.apply(tape, masks, 2, i, 1));
        assertThat(Slice.apply(tape, both, 1, i, 1).toDoubles())
            .containsExactly(
                Attention.apply(tape, query, keys, keys, 2, mask).toDoubles(), within(1e-12));
      }
    }
  }

  @Test
  void attendsToOneTensorInThreeRoles() {
    OperationCheck.of((tape, in) -> Attention.apply(tape, in[0], in[0], in[0], 2, Optional.empty()))
        .input(1, 3, 4)
        .hasTrueGradients();
  }

  /** With one head the steps, which have tests of their own, can be written down as they are. */
  @Test
  void dropsProbabilitiesInTraining() {
    var none = Optional.<Tensor>empty();
    try (var tape = new Tape(Engine.portable());
        var q = Tensor.of(new double[] {1, -2, 3, 4, 0.5, 6, -7, 8}, 1, 2, 4);
        var k = Tensor.of(new double[] {2, 1, 0, -1, 1, 2, -1, 0, 0.5, 1, 1, 0}, 1, 3, 4);
        var v = Tensor.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 1, 3, 4)) {
      var inputs = List.of(q, k, v);
      inputs.forEach(tape::watch);
      var scores = MatMul.apply(tape, q, false, k, true);
      var kept = Dropout.train(tape, Softmax.apply(tape, scores, 0.5, none), 0.4, 77);
      var expected = MatMul.apply(tape, kept, v);
      var actual = Attention.train(tape, q, k, v, 1, none, 0.4, 77);
      assertThat(actual.toDoubles()).isEqualTo(expected.toDoubles());
      var all = inputs.toArray(Tensor[]::new);
      var gradients = tape.gradient(actual, all);
      var expectedGradients = tape.gradient(expected, all);
      for (var input : inputs) {
        assertThat(gradients.of(input).toDoubles())
            .isEqualTo(expectedGradients.of(input).toDoubles());
      }
      assertThat(actual.toDoubles())
          .isNotEqualTo(Attention.train(tape, q, k, v, 1, none, 0.4, 78).toDoubles());
      assertThat(Attention.train(tape, q, k, v, 2, none, 0, 77).toDoubles())
          .isEqualTo(Attention.apply(tape, q, k, v, 2, none).toDoubles());
    }
  }

  @Test
  void refusesShapesThatDontFit() {
    try (var tape = new Tape(Engine.portable());
        var x = Tensor.of(new double[12], 1, 3, 4);
        var longer = Tensor.of(new double[16], 1, 4, 4);
        var mask = Tensor.of(new double[3], 1, 3)) {
      assertThatThrownBy(() -> Attention.apply(tape, x, x, x, 3, Optional.empty()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("4 columns can't be shared out among 3 heads.");
      assertThatThrownBy(() -> Attention.apply(tape, x, x, longer, 2, Optional.empty()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "The value tensor of an attention has the shape [1, 4, 4] where [1, 3, 4] is"
                  + " needed.");
      assertThatThrownBy(() -> Attention.apply(tape, x, x, x, 2, Optional.of(mask)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("The mask of an attention has the shape [1, 3]");
    }
  }

  @Test
  void keepsNothingThatGrowsWithTheSquareOfTheTokens() {
    var engine = Engine.portable();
    try (var tape = new Tape(engine);
        var x = Tensor.of(new double[200 * 4], 1, 200, 4)) {
      tape.watch(x);
      Attention.apply(tape, x, x, x, 2, Optional.empty());
      assertThat(engine.memory().usedBytes()).isLessThan(200 * 200 * 8);
    }
  }
}
