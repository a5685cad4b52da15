package org.pellucid.engine.ops;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

@Tag("numeric")
class MovementTests {
  @Test
  void reshapes() {
    OperationCheck.of((tape, in) -> Reshape.apply(tape, in[0], 3, 2))
        .input(2, 3)
        .givesValues(in -> in[0])
        .hasTrueGradients();
  }

  @Test
  void reshapesAndUsesTheInputAsWell() {
    OperationCheck.of(
            (tape, in) ->
                Multiply.apply(tape, Reshape.apply(tape, in[0], 6), Reshape.apply(tape, in[0], 6)))
        .input(2, 3)
        .givesValues(in -> Arrays.stream(in[0]).map(x -> x * x).toArray())
        .hasTrueGradients();
  }

  @Test
  void transposesFourAxes() {
    OperationCheck.of((tape, in) -> Transpose.apply(tape, in[0], 0, 2, 3, 1))
        .input(2, 3, 2, 4)
        .givesValues(
            in -> {
              var y = new double[48];
              for (var n = 0; n < 2; n++) {
                for (var c = 0; c < 3; c++) {
                  for (var p = 0; p < 8; p++) {
                    y[(n * 8 + p) * 3 + c] = in[0][(n * 3 + c) * 8 + p];
                  }
                }
              }
              return y;
            })
        .hasTrueGradients();
  }

  @Test
  void slicesAnInnerAxis() {
    OperationCheck.of((tape, in) -> Slice.apply(tape, in[0], 1, 1, 2))
        .input(2, 4, 2)
        .givesValues(
            in ->
                new double[] {
                  in[0][2], in[0][3], in[0][4], in[0][5], in[0][10], in[0][11], in[0][12], in[0][13]
                })
        .hasTrueGradients();
  }

  @Test
  void concatenatesAlongAnInnerAxis() {
    OperationCheck.of((tape, in) -> Concatenate.apply(tape, 1, in[0], in[1], in[0]))
        .input(2, 1)
        .input(2, 2)
        .givesValues(
            in ->
                new double[] {
                  in[0][0], in[1][0], in[1][1], in[0][0], in[0][1], in[1][2], in[1][3], in[0][1]
                })
        .hasTrueGradients();
  }

  @Test
  void sumsOverChosenAxesAndOverAll() {
    OperationCheck.of((tape, in) -> Sum.apply(tape, in[0], 0, 2))
        .input(2, 3, 2)
        .givesValues(
            in -> {
              var y = new double[3];
              for (var i = 0; i < 12; i++) {
                y[i / 2 % 3] += in[0][i];
              }
              return y;
            })
        .hasTrueGradients();
    OperationCheck.of((tape, in) -> Sum.apply(tape, in[0]))
        .input(2, 3)
        .givesValues(in -> new double[] {Arrays.stream(in[0]).sum()})
        .hasTrueGradients();
  }

  @Test
  void averages() {
    OperationCheck.of((tape, in) -> Mean.apply(tape, in[0], 1))
        .input(2, 2)
        .givesValues(in -> new double[] {(in[0][0] + in[0][1]) / 2, (in[0][2] + in[0][3]) / 2})
        .hasTrueGradients();
  }

  @Test
  void looksEmbeddingsUpAndAddsRepeatedRows() {
    var ids = Tensor.of(new int[] {2, 0, 2}, 1, 3);
    OperationCheck.of((tape, in) -> Embedding.apply(tape, in[0], ids))
        .input(4, 2)
        .givesValues(
            in -> new double[] {in[0][4], in[0][5], in[0][0], in[0][1], in[0][4], in[0][5]})
        .hasTrueGradients();
  }

  @Test
  void namesWhatIsWrongWithARequest() {
    try (var tape = new Tape(Engine.portable());
        var x = Tensor.of(new double[6], 2, 3);
        var ids = Tensor.of(new int[] {2}, 1)) {
      assertThatThrownBy(() -> Reshape.apply(tape, x, 4))
          .hasMessage("[2, 3] can't be reshaped to [4].");
      assertThatThrownBy(() -> Transpose.apply(tape, x, 0, 0))
          .hasMessage("[0, 0] is not an order of 2 axes.");
      assertThatThrownBy(() -> Slice.apply(tape, x, 1, 2, 2))
          .hasMessage("The range 2..4 along axis 1 reaches outside of [2, 3].");
      assertThatThrownBy(() -> Embedding.apply(tape, x, ids))
          .hasMessage("The id 2 is not one of the 2 rows.");
    }
  }
}
