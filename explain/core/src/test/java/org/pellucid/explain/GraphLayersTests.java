package org.pellucid.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.attribution.cam.CamSettings;
import org.pellucid.explain.attribution.cam.GradCam;
import org.pellucid.explain.attribution.layer.LayerChoice;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.models.onnx.GraphImage;
import org.pellucid.models.onnx.OnnxImageModel;
import org.pellucid.models.onnx.OnnxModel;
import org.pellucid.models.vision.Preprocessing.ChannelOrder;
import org.pellucid.models.vision.Preprocessing.Normalisation;
import org.pellucid.weights.OpenOptions;

/**
 * Layers of graphs: which is the last, what a class activation map by it is, what memory is told.
 */
@Tag("numeric")
class GraphLayersTests {
  private static final int SIDE = 64;
  private static final String LAST = "/layer4/layer4.1/relu_1/Relu_output_0";
  private static final Target TARGET = Target.output(3);

  private static OnnxImageModel open(String name, ElementType type) throws URISyntaxException {
    var resource = GraphLayersTests.class.getResource("/org/pellucid/explain/graphs/" + name);
    var model = OnnxModel.open(Path.of(resource.toURI()), type, OpenOptions.standard());
    return new OnnxImageModel(
        model,
        GraphImage.of(model, OptionalInt.empty()),
        SIDE,
        SIDE,
        Optional.empty(),
        new Normalisation(List.of(0.4, 0.4, 0.4), List.of(0.2, 0.2, 0.2)),
        ChannelOrder.RGB);
  }

  private static Values image() {
    var numbers = new float[3 * SIDE * SIDE];
    var random = new Random(4);
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = random.nextFloat();
    }
    return Values.of(numbers, 3, SIDE, SIDE);
  }

  @Test
  void choosesTheLastValueWithPlaces() throws URISyntaxException {
    try (var model = open("resnet18.onnx", ElementType.FLOAT32)) {
      var layer = LayerChoice.LAST.withPlaces(new Evaluator(Engine.standard(), model));
      assertThat(layer.name()).isEqualTo(LAST);
      assertThat(layer.shape()).containsExactly(16, 2, 2);
    }
  }

  /**
   * A channel's weight is the slope of the score where all its places grow alike, taken here by
   * central differences of what follows the layer, in double precision.
   */
  @Test
  void drawsGradCamAsItsFormulaSays() throws URISyntaxException {
    try (var model = open("resnet18.onnx", ElementType.FLOAT64)) {
      var evaluator = new Evaluator(Engine.standard(), model);
      var values = evaluator.layerOutput(LAST, image());
      var rest = evaluator.at(LAST, image());
      var places = 4;
      var expected = new double[places];
      for (var channel = 0; channel < 16; channel++) {
        var above = values.toArray();
        var below = values.toArray();
        for (var place = 0; place < places; place++) {
          above[channel * places + place] += 0.5f;
          below[channel * places + place] -= 0.5f;
        }
        // What follows is linear, so that a large step is as good as a small one.
        var slope =
            rest.score(TARGET, Values.of(above, 16, 2, 2))
                - rest.score(TARGET, Values.of(below, 16, 2, 2));
        for (var place = 0; place < places; place++) {
          expected[place] += slope / places * values.get(channel * places + place);
        }
      }
      var found =
          new GradCam(CamSettings.standard())
              .explain(evaluator, image(), TARGET, RunOptions.standard())
              .details()
              .get("layer-map");
      for (var place = 0; place < places; place++) {
        assertThat((double) found.get(place)).isCloseTo(Math.max(0, expected[place]), within(1e-5));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet18.onnx", "mobilenet_v2.onnx"})
  void tellsAtLeastTheMemoryThatItTakes(String name) throws URISyntaxException {
    try (var model = open(name, ElementType.FLOAT32);
        var engine = Engine.builder().build()) {
      var told = model.memory(engine.kernels()).orElseThrow();
      var batch = Math.min(4, model.largestBatch());
      var evaluator = new Evaluator(engine, model);
      evaluator.outputs(new float[batch * evaluator.inputSize()]);
      check(engine, told.peak(batch, false) - told.fixed());
      engine.memory().resetPeak();
      evaluator.newBatch(batch).compute(TARGET, batch);
      check(engine, told.peak(batch, true) - told.fixed());
    }
  }

  /** The pool rounds each size up by an eighth at most; the estimate is for the worst of graphs. */
  private static void check(Engine engine, long told) {
    assertThat(engine.memory().peakBytes()).isBetween(told / 4, told * 9 / 8 + 10_000);
  }
}
