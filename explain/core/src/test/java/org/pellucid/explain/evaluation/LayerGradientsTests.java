package org.pellucid.explain.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.attribution.SmallNetworks;

/** A layer's outputs and gradients in one pass, against the network cut in two. */
@Tag("numeric")
class LayerGradientsTests {
  private static final RunOptions RUN = RunOptions.standard();

  @ParameterizedTest
  @ValueSource(strings = {"output:3", "probability:1", "loss:0", "difference:4:2", "sum:1:2"})
  void equalTheGradientsOfWhatFollowsTheLayer(String text) {
    var target = Target.parse(text);
    try (var network = SmallNetworks.network(ElementType.FLOAT64, 0.3)) {
      var evaluator = SmallNetworks.evaluator(network);
      for (var layer : network.layerNames()) {
        var rows = new LayerGradients.Row[3];
        new LayerGradients(evaluator, layer)
            .compute(
                3,
                (number, into, offset) -> SmallNetworks.image(number).copyTo(into, offset),
                target,
                RUN.withBatchSize(2),
                (number, row) -> rows[number] = row);
        for (var number = 0; number < 3; number++) {
          var image = SmallNetworks.image(number);
          var values = evaluator.layerOutput(layer, image);
          var after = evaluator.at(layer, image).newBatch(1);
          values.copyTo(after.inputs(), 0);
          after.compute(target, 1);
          assertThat(rows[number].values()).containsExactly(values.toDoubles(), within(1e-6));
          assertThat(rows[number].gradients()).containsExactly(after.gradient(0), within(1e-5));
        }
        assertThat(new LayerGradients(evaluator, layer).shape())
            .isEqualTo(evaluator.layerShapes().get(layer));
      }
    }
  }

  @Test
  void endAtALayersChannel() {
    try (var network = SmallNetworks.network(ElementType.FLOAT64, 0.3)) {
      var evaluator = SmallNetworks.evaluator(network);
      var image = SmallNetworks.image(1);
      new LayerGradients(evaluator, "layers.3")
          .compute(
              1,
              (number, into, offset) -> image.copyTo(into, offset),
              Target.parse("channel:layers.3:1"),
              RUN,
              (number, row) -> {
                for (var i = 0; i < row.gradients().length; i++) {
                  assertThat(row.gradients()[i]).isEqualTo(i / 36 == 1 ? 1 : 0);
                }
              });
    }
  }

  @Test
  void refuseWhatDoesntDependOnTheLayer() {
    try (var network = SmallNetworks.network(ElementType.FLOAT32, 0.3)) {
      var evaluator = SmallNetworks.evaluator(network);
      assertThatIllegalArgumentException()
          .isThrownBy(
              () ->
                  new LayerGradients(evaluator, "layers.3")
                      .compute(
                          1,
                          (number, into, offset) -> {},
                          Target.parse("channel:layers.0:1"),
                          RUN,
                          (number, row) -> {}))
          .withMessage(
              "The target channel:layers.0:1 doesn't depend on the layer layers.3; choose a layer"
                  + " before it.");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new LayerGradients(evaluator, "layers.9"))
          .withMessageContaining("no layer layers.9");
    }
  }

  @Test
  void scoresManyInputsAsOne() {
    try (var network = SmallNetworks.network(ElementType.FLOAT64, 0.3)) {
      var evaluator = SmallNetworks.evaluator(network);
      for (var text : new String[] {"output:1", "probability:0", "loss:2", "channel:layers.4:2"}) {
        var target = Target.parse(text);
        evaluator.scores(
            5,
            (number, into, offset) -> SmallNetworks.image(number).copyTo(into, offset),
            target,
            RUN.withBatchSize(2),
            (number, score) ->
                assertThat(score)
                    .as("%s of %d", text, number)
                    .isCloseTo(
                        evaluator.score(target, SmallNetworks.image(number)), within(1e-12)));
      }
    }
  }
}
