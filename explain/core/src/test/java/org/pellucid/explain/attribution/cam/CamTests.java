package org.pellucid.explain.attribution.cam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.attribution.GuidedBackprop;
import org.pellucid.explain.attribution.SmallNetworks;
import org.pellucid.explain.attribution.layer.LayerChoice;
import org.pellucid.explain.attribution.layer.Upsampling;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.testing.Distance;

/** Class activation maps against their formulas, written out, in double precision. */
@Tag("numeric")
class CamTests {
  /** The last convolution's output after its ReLU, {@code [3, 6, 6]}. */
  private static final String RELU = "layers.3";

  /** The pooling, which only linear layers follow, {@code [3, 2, 2]}. */
  private static final String POOL = "layers.4";

  /** Maps and layers are given in single precision. */
  private static final double ROUNDING = 1e-6;

  private static final Target TARGET = Target.output(3);
  private static final RunOptions RUN = RunOptions.standard();

  private final ConvolutionalNetwork network = SmallNetworks.network(ElementType.FLOAT64, 0);
  private final Evaluator evaluator = SmallNetworks.evaluator(network);
  private final Values image = SmallNetworks.image(5);

  @AfterEach
  void close() {
    network.close();
  }

  private static CamSettings settings(String layer) {
    return CamSettings.standard().withLayer(layer);
  }

  private Explanation explain(Method method) {
    return method.explain(evaluator, image, TARGET, RUN);
  }

  private double[] layerMap(Method method) {
    return explain(method).details().get("layer-map").toDoubles();
  }

  /** The layer's outputs and the score's gradients, of the network cut in two. */
  private double[][] activationsAndGradients(String layer) {
    var values = evaluator.layerOutput(layer, image);
    var batch = evaluator.at(layer, image).newBatch(1);
    values.copyTo(batch.inputs(), 0);
    batch.compute(TARGET, 1);
    return new double[][] {values.toDoubles(), batch.gradient(0)};
  }

  /** A sum over channels of what a formula gives for one, without negative values. */
  private double[] expected(String layer, int channels, Formula formula) {
    return Arrays.stream(signed(layer, channels, formula))
        .map(value -> Math.max(0, value))
        .toArray();
  }

  private double[] signed(String layer, int channels, Formula formula) {
    var found = activationsAndGradients(layer);
    var places = found[0].length / channels;
    var map = new double[places];
    for (var k = 0; k < channels; k++) {
      var a = Arrays.copyOfRange(found[0], k * places, (k + 1) * places);
      var g = Arrays.copyOfRange(found[1], k * places, (k + 1) * places);
      var channel = formula.of(a, g);
      for (var i = 0; i < places; i++) {
        map[i] += channel[i];
      }
    }
    return map;
  }

  private interface Formula {
    double[] of(double[] activations, double[] gradients);
  }

  private static double[] scaled(double[] values, double factor) {
    return Arrays.stream(values).map(value -> value * factor).toArray();
  }

  @Test
  void weighsByTheMeanGradient() {
    var expected = expected(RELU, 3, (a, g) -> scaled(a, Arrays.stream(g).average().orElseThrow()));
    assertThat(Distance.relative(layerMap(new GradCam(settings(RELU))), expected))
        .isLessThan(ROUNDING);
  }

  @Test
  void weighsByHigherDerivatives() {
    var expected =
        expected(
            RELU,
            3,
            (a, g) -> {
              var total = Arrays.stream(a).sum();
              var weight = 0.0;
              for (var value : g) {
                var divisor = 2 * value * value + total * value * value * value;
                weight += divisor == 0 ? 0 : value * value / divisor * Math.max(0, value);
              }
              return scaled(a, weight);
            });
    assertThat(Distance.relative(layerMap(new GradCamPlusPlus(settings(RELU))), expected))
        .isLessThan(ROUNDING);
  }

  @Test
  void weighsPlaceByPlace() {
    var positive =
        expected(
            RELU,
            3,
            (a, g) -> {
              var product = new double[a.length];
              Arrays.setAll(product, i -> a[i] * Math.max(g[i], 0));
              return product;
            });
    assertThat(Distance.relative(layerMap(new LayerCam(settings(RELU))), positive))
        .isLessThan(ROUNDING);
    var balance =
        expected(
            RELU,
            3,
            (a, g) -> {
              var product = new double[a.length];
              Arrays.setAll(product, i -> a[i] * g[i]);
              return product;
            });
    assertThat(Distance.relative(layerMap(new HiResCam(settings(RELU))), balance))
        .isLessThan(ROUNDING);
  }

  @Test
  void weighsByTheGradientWhereChannelsAreActive() {
    var expected =
        expected(
            RELU,
            3,
            (a, g) -> {
              var weight = 0.0;
              for (var i = 0; i < a.length; i++) {
                weight += a[i] / Arrays.stream(a).sum() * g[i];
              }
              return scaled(a, weight);
            });
    assertThat(Distance.relative(layerMap(new XGradCam(settings(RELU))), expected))
        .isLessThan(ROUNDING);
  }

  @Test
  void sumsToTheScoreBeforeALinearLayer() {
    var map = layerMap(new HiResCam(CamSettings.signed().withLayer(POOL)));
    assertThat(Arrays.stream(map).sum())
        .isCloseTo(evaluator.score(TARGET, image), within(ROUNDING));
  }

  @Test
  void weighsByWhatTheScoreLosesWithoutAChannel() {
    var score = evaluator.score(TARGET, image);
    // A linear layer loses each channel's products.
    var expected =
        signed(
            POOL,
            3,
            (a, g) -> {
              var lost = 0.0;
              for (var i = 0; i < a.length; i++) {
                lost += a[i] * g[i];
              }
              return scaled(a, lost / Math.abs(score));
            });
    assertThat(
            Distance.relative(layerMap(new AblationCam(settings(POOL).withRelu(false))), expected))
        .isLessThan(ROUNDING);
  }

  @Test
  void weighsByTheScoreOfWhatAChannelShows() {
    var settings = settings(RELU);
    var values = evaluator.layerOutput(RELU, image).toDoubles();
    var powers = new double[3];
    for (var k = 0; k < 3; k++) {
      var channel = Arrays.copyOfRange(values, k * 36, (k + 1) * 36);
      var least = Arrays.stream(channel).min().orElseThrow();
      var largest = Arrays.stream(channel).max().orElseThrow();
      // The layer is as large as the image, so that nothing is interpolated.
      var masked = image.toArray();
      for (var i = 0; i < masked.length; i++) {
        masked[i] *= (float) ((channel[i % 36] - least) / (largest - least));
      }
      powers[k] = Math.exp(evaluator.score(TARGET, Values.of(masked, image.shape())));
    }
    var expected = new double[36];
    for (var i = 0; i < 36; i++) {
      for (var k = 0; k < 3; k++) {
        expected[i] += powers[k] / Arrays.stream(powers).sum() * values[k * 36 + i];
      }
    }
    assertThat(Distance.relative(layerMap(new ScoreCam(settings)), expected)).isLessThan(1e-5);
  }

  /** Against the power iteration; once with fewer channels than places and once with more. */
  @ParameterizedTest
  @ValueSource(strings = {"layers.3", "layers.0"})
  void projectsOnTheFirstSingularVector(String layer) {
    var values = evaluator.layerOutput(layer, image);
    var channels = values.size(0);
    var places = values.length() / channels;
    var v = new double[channels];
    Arrays.fill(v, 1);
    var map = new double[places];
    for (var round = 0; round < 3000; round++) {
      Arrays.fill(map, 0);
      for (var i = 0; i < values.length(); i++) {
        map[i % places] += v[i / places] * values.get(i);
      }
      Arrays.fill(v, 0);
      for (var i = 0; i < values.length(); i++) {
        v[i / places] += map[i % places] * values.get(i);
      }
      v = scaled(v, 1 / Math.sqrt(Arrays.stream(v).map(value -> value * value).sum()));
    }
    var sign = Math.signum(Arrays.stream(map).sum());
    var expected = scaled(map, sign);
    var found = layerMap(new EigenCam(settings(layer).withRelu(false)));
    assertThat(Distance.relative(found, expected)).isLessThan(1e-5);
    assertThat(explain(new EigenCam(settings(layer))).quality("explainedShare").orElseThrow())
        .isBetween(0.3, 1.0);
  }

  @Test
  void drawsOutlinesWhereTheClassIs() {
    var map = explain(new GradCam(settings(POOL))).values();
    var outlines = explain(new GuidedBackprop()).values();
    var found = explain(new GuidedGradCam(settings(POOL))).values();
    for (var i = 0; i < found.length(); i++) {
      assertThat(found.get(i)).isCloseTo(outlines.get(i) * map.get(i % 36), within(1e-5f));
    }
  }

  static Stream<Method> methods() {
    return Stream.of(
        GradCam.standard(),
        GradCamPlusPlus.standard(),
        HiResCam.standard(),
        LayerCam.standard(),
        XGradCam.standard(),
        ScoreCam.standard(),
        AblationCam.standard(),
        EigenCam.standard(),
        GuidedGradCam.standard());
  }

  @ParameterizedTest
  @MethodSource("methods")
  void takesTheLastConvolutionsOutputAndSaysSo(Method method) {
    var found = explain(method);
    assertThat(found.parameters()).containsEntry("layer", RELU);
    assertThat(found.values().size(-1)).isEqualTo(SmallNetworks.SIDE);
    assertThat(found.values().size(-2)).isEqualTo(SmallNetworks.SIDE);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void givesTheSameBitsInAnyBatch(Method method) {
    try (var single = SmallNetworks.network(ElementType.FLOAT32, 0.1)) {
      var runner = SmallNetworks.evaluator(single);
      assertThat(method.explain(runner, image, TARGET, RUN.withBatchSize(1)))
          .isEqualTo(method.explain(runner, image, TARGET, RUN.withBatchSize(2)));
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void explainsEveryTarget(Method method) {
    for (var text :
        List.of("probability:1", "loss:1", "difference:1:2", "sum:0:4", "channel:layers.4:2")) {
      var found = method.explain(evaluator, image, Target.parse(text), RUN);
      assertThat(found.values().allFinite()).as(text).isTrue();
    }
  }

  @Test
  void refusesATargetBeforeTheLayer() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                GradCam.standard()
                    .explain(evaluator, image, Target.parse("channel:layers.1:0"), RUN))
        .withMessageContaining("channel:layers.1:0")
        .withMessageContaining("doesn't depend on the layer layers.3");
  }

  @ParameterizedTest
  @MethodSource("methods")
  void refusesModelsWithoutPlaces(Method method) {
    var model = new SmallNetworks.Function(ElementType.FLOAT32, 2, 1, (_, x) -> x);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                method.explain(
                    SmallNetworks.evaluator(model),
                    Values.of(new float[2], 2),
                    Target.output(0),
                    RUN))
        .withMessageContaining("The model names no layers");
  }

  @Test
  void saysWhichLayersHavePlaces() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> explain(new GradCam(settings("layers.6"))))
        .withMessageContaining("The layer layers.6 gives [5] and has no places")
        .withMessageContaining("layers.0, layers.1, layers.2, layers.3, layers.4");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> explain(new GradCam(settings("conv9"))))
        .withMessageContaining("no layer conv9")
        .withMessageContaining("layers.0");
    assertThat(LayerChoice.LAST.withPlaces(evaluator).name()).isEqualTo(RELU);
  }

  @Test
  void interpolatesAsAsked() {
    var nearest =
        explain(new GradCam(settings(POOL).withInterpolation(Upsampling.NEAREST))).values();
    var small = layerMap(new GradCam(settings(POOL)));
    for (var i = 0; i < 36; i++) {
      assertThat((double) nearest.get(i)).isCloseTo(small[i / 6 / 3 * 2 + i % 6 / 3], within(1e-6));
    }
  }
}
