package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Elu;
import org.pellucid.engine.ops.LeakyRelu;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Relu;
import org.pellucid.engine.ops.Relu6;
import org.pellucid.engine.ops.Sigmoid;
import org.pellucid.engine.ops.Silu;
import org.pellucid.engine.ops.Tanh;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.attribution.SmallNetworks.Function;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;

/** Guided backpropagation and deconvolution through ReLU and its relatives. */
@Tag("numeric")
class RectifierTests {
  private static final double SILU_AT_2 =
      1 / (1 + Math.exp(-2)) * (1 + 2 * (1 - 1 / (1 + Math.exp(-2))));

  private static final Values INPUT = Values.of(new float[] {2, -1, 7, 2}, 4);

  /** The function of four numbers, weighed by 1, 1, 1 and −1. */
  private static double[] map(GradientMethod method, Function.Body rectifier) {
    var model =
        new Function(
            ElementType.FLOAT64,
            4,
            1,
            (tape, x) ->
                MatMul.apply(
                    tape, rectifier.apply(tape, x), Tensor.of(new double[] {1, 1, 1, -1}, 4, 1)));
    return method
        .explain(SmallNetworks.evaluator(model), INPUT, Target.output(0), RunOptions.standard())
        .values()
        .toDoubles();
  }

  static Stream<Arguments> rectifiers() {
    return Stream.of(
        Arguments.of("ReLU", (Function.Body) Relu::apply, new double[] {1, 0, 1, 0}),
        Arguments.of("ReLU6", (Function.Body) Relu6::apply, new double[] {1, 0, 0, 0}),
        Arguments.of(
            "leaky ReLU",
            (Function.Body) (tape, x) -> LeakyRelu.apply(tape, x, 0.1),
            new double[] {1, 0, 1, 0}),
        Arguments.of(
            "ELU", (Function.Body) (tape, x) -> Elu.apply(tape, x, 1), new double[] {1, 0, 1, 0}));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rectifiers")
  void passesBackWhatIsPositive(String name, Function.Body rectifier, double[] guided) {
    assertThat(map(new GuidedBackprop(), rectifier)).containsExactly(guided);
    assertThat(map(new Deconvolution(), rectifier)).containsExactly(1, 1, 1, 0);
  }

  @Test
  void keepsTheSlopeOfSmoothRectifiers() {
    var found = map(new GuidedBackprop(), Silu::apply);
    assertThat(found[0]).isCloseTo(SILU_AT_2, within(1e-6));
    assertThat(found[1]).isZero();
    assertThat(found[3]).isZero();
    assertThat(map(new Deconvolution(), Silu::apply)).containsExactly(1, 1, 1, 0);
  }

  private static Tensor layered(Tape tape, Tensor x, boolean tanh) {
    tape.enterLayer("squash");
    return tanh ? Tanh.apply(tape, x) : Sigmoid.apply(tape, x);
  }

  @Test
  void refusesWhatIsNoRectifier() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> map(new GuidedBackprop(), (tape, x) -> layered(tape, x, true)))
        .withMessage(
            "Guided backpropagation rectifies what ReLU and its relatives pass back, but the layer"
                + " 'squash' applies Tanh, which is none; explain this model by Integrated"
                + " Gradients.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> map(new Deconvolution(), (tape, x) -> layered(tape, x, false)))
        .withMessageContaining("Deconvolution")
        .withMessageContaining("Sigmoid");
  }

  @Test
  void givesTheSameBitsInAnyBatch() {
    try (var network = SmallNetworks.network(ElementType.FLOAT32, 0.1)) {
      var evaluator = SmallNetworks.evaluator(network);
      var once = SmallNetworks.maps(new GuidedBackprop(), evaluator, Target.output(1), 5, 1);
      assertThat(SmallNetworks.maps(new GuidedBackprop(), evaluator, Target.output(1), 5, 3))
          .containsExactly(once);
    }
  }
}
