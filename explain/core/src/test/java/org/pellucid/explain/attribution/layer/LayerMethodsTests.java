package org.pellucid.explain.attribution.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.QuadraticModel;
import org.pellucid.explain.attribution.Baseline;
import org.pellucid.explain.attribution.QuadratureRule;
import org.pellucid.explain.attribution.SmallNetworks;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Method;

/** What goes through a layer, where it is known and where it has to add up. */
@Tag("numeric")
class LayerMethodsTests {
  private static final RunOptions RUN = RunOptions.standard();

  /** Its layer holds squares, and output 1 is {@code Σ 2 i · xᵢ²}. */
  private final Evaluator quadratic =
      new Evaluator(Engine.portable(), new QuadraticModel(new long[] {4}, 2));

  private final Values input = Values.of(new float[] {1, -2, 0.5f, 3}, 4);

  private Values explain(Method method) {
    return method.explain(quadratic, input, Target.output(1), RUN).values();
  }

  @Test
  void findsWhatFlowsThroughKnownOutputs() {
    var baseline = new Baseline.Constant(0.5f);
    var conductance =
        new LayerConductance(
            LayerChoice.named(QuadraticModel.SQUARES), 3, baseline, Upsampling.NEAREST);
    var integral =
        new LayerIntegratedGradients(
            LayerChoice.named(QuadraticModel.SQUARES),
            2,
            QuadratureRule.MIDDLE,
            baseline,
            Upsampling.NEAREST);
    var influence = InternalInfluence.standard().withLayer(QuadraticModel.SQUARES);
    for (var i = 0; i < 4; i++) {
      var flow = 2.0 * i * (input.get(i) * input.get(i) - 0.25);
      assertThat((double) explain(conductance).get(i)).isCloseTo(flow, within(1e-5));
      assertThat((double) explain(integral).get(i)).isCloseTo(flow, within(1e-5));
      assertThat((double) explain(influence).get(i)).isCloseTo(2.0 * i, within(1e-6));
    }
  }

  @Test
  void addsUpToTheScoresDifferenceAtEveryLayer() {
    try (var network = SmallNetworks.network(ElementType.FLOAT64, 0.2)) {
      var evaluator = SmallNetworks.evaluator(network);
      for (var layer : network.layerNames()) {
        for (var method :
            List.of(
                new LayerConductance(
                    LayerChoice.named(layer), 400, Baseline.BLACK, Upsampling.BILINEAR),
                new LayerIntegratedGradients(
                    LayerChoice.named(layer),
                    400,
                    QuadratureRule.MIDDLE,
                    Baseline.BLACK,
                    Upsampling.BILINEAR))) {
          var found = method.explain(evaluator, SmallNetworks.image(3), Target.output(1), RUN);
          var difference = found.quality("scoreDifference").orElseThrow();
          assertThat(found.quality("convergenceDelta").orElseThrow())
              .as("%s at %s", method.name(), layer)
              .isCloseTo(0, within(0.01 * Math.abs(difference)));
        }
      }
    }
  }

  static Stream<Method> methods() {
    return Stream.of(
        LayerConductance.standard(),
        LayerIntegratedGradients.standard(),
        InternalInfluence.standard());
  }

  @ParameterizedTest
  @MethodSource("methods")
  void drawsTheSumOverChannelsOnTheImage(Method method) {
    try (var network = SmallNetworks.network(ElementType.FLOAT32, 0.2)) {
      var evaluator = SmallNetworks.evaluator(network);
      var found = method.explain(evaluator, SmallNetworks.image(3), Target.output(1), RUN);
      var all = found.details().get("layer");
      assertThat(found.parameters()).containsEntry("layer", "layers.3");
      assertThat(all.shape()).containsExactly(3, 6, 6);
      assertThat(found.values().shape()).containsExactly(6, 6);
      for (var i = 0; i < 36; i++) {
        assertThat(found.values().get(i))
            .isCloseTo(all.get(i) + all.get(36 + i) + all.get(72 + i), within(1e-5f));
      }
      assertThat(
              method.explain(
                  evaluator, SmallNetworks.image(3), Target.output(1), RUN.withBatchSize(7)))
          .isEqualTo(found);
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void refusesATargetBeforeTheLayer(Method method) {
    try (var network = SmallNetworks.network(ElementType.FLOAT32, 0.2)) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  method.explain(
                      SmallNetworks.evaluator(network),
                      SmallNetworks.image(3),
                      Target.parse("channel:layers.0:1"),
                      RUN))
          .withMessageContaining("layers.0");
    }
  }
}
