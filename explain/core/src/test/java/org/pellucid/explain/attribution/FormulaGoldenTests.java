package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.explain.attribution.TinyNetwork.array;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.attribution.LayerwiseRelevance.Composite;
import org.pellucid.explain.attribution.LayerwiseRelevance.Products;
import org.pellucid.explain.attribution.LayerwiseRelevance.Start;
import org.pellucid.explain.attribution.cam.CamSettings;
import org.pellucid.explain.attribution.cam.GradCam;
import org.pellucid.explain.attribution.cam.GuidedGradCam;
import org.pellucid.explain.attribution.layer.Upsampling;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Objective;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.testing.Distance;
import org.pellucid.testing.DoublePrecision;

/**
 * Methods on the full network against Captum, in single precision. A few dozen winners of max
 * pooling are ties by rounding, in PyTorch too, so maps are compared by cosine and distance as a
 * whole, as the goldens' README says.
 */
@Tag("numeric")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FormulaGoldenTests {
  private static final String FILE = "hw9formula_captum.npz";
  private static final Target LABEL = Target.output(0);
  private static final int SIDE = 128;

  private final Map<String, String> layers = Map.of("last_conv", "cnn.34", "last_relu", "cnn.36");
  private final Map<Method, Explanation> done = new HashMap<>();
  private ConvolutionalNetwork network;

  @BeforeAll
  void open() {
    network = FormulaNetwork.open(ElementType.FLOAT32);
  }

  @AfterAll
  void close() {
    if (network != null) {
      network.close();
    }
  }

  private static Values image() {
    var bytes = array("preprocess.npz", "x128_u8");
    var values = new float[3 * SIDE * SIDE];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) bytes[i % (SIDE * SIDE) * 3 + i / (SIDE * SIDE)] / 255f;
    }
    return Values.of(values, 3, SIDE, SIDE);
  }

  private Explanation explanation(Method method) {
    return done.computeIfAbsent(
        method,
        m ->
            m.explain(
                new Evaluator(Engine.standard(), network), image(), LABEL, RunOptions.standard()));
  }

  private void check(String name, int stride, Method method) {
    checkMap(name, stride, explanation(method).values().toDoubles());
  }

  private static void checkMap(String name, int stride, double[] map) {
    var expected = array(FILE, name + "/strided");
    var strided = new double[expected.length];
    Arrays.setAll(strided, i -> map[i * stride]);
    checkAlike(strided, expected);
    var statistics = array(FILE, name + "/stats");
    if (statistics[4] == 0) {
      assertThat(Arrays.stream(map).map(Math::abs).max().orElseThrow()).as(name).isZero();
      return;
    }
    var mean = Arrays.stream(map).average().orElseThrow();
    var variance = Arrays.stream(map).map(v -> (v - mean) * (v - mean)).sum() / map.length;
    var magnitudes = Arrays.stream(map).map(Math::abs).sum();
    assertThat(magnitudes / statistics[4]).as(name).isCloseTo(1, within(0.04));
    assertThat(Math.sqrt(variance) / statistics[1]).as(name).isCloseTo(1, within(0.04));
  }

  private static void checkAlike(double[] actual, double[] expected) {
    if (Arrays.stream(expected).allMatch(value -> value == 0)) {
      assertThat(Arrays.stream(actual).map(Math::abs).max().orElseThrow()).isZero();
      return;
    }
    assertThat(Distance.cosine(actual, expected)).isGreaterThan(0.999);
    assertThat(Distance.relative(actual, expected)).isLessThan(0.04);
  }

  @Test
  void takesGradients() {
    check("saliency_abs", 192, Saliency.standard());
    check("saliency_signed", 192, new Saliency(Objective.SCORE, false, false, 1));
    check("input_x_gradient", 192, new InputTimesGradient());
    check("guided_backprop", 192, new GuidedBackprop());
    check("deconvolution", 192, new Deconvolution());
  }

  @ParameterizedTest
  @CsvSource({"last_conv", "last_relu"})
  void mapsTheClass(String layer) {
    var nearest =
        CamSettings.standard().withLayer(layers.get(layer)).withInterpolation(Upsampling.NEAREST);
    check("gradcam_relu_up_nearest/" + layer, 64, new GradCam(nearest));
    check("guided_gradcam/" + layer, 192, new GuidedGradCam(nearest));
    check(
        "gradcam_relu_up_bilinear/" + layer,
        64,
        new GradCam(nearest.withInterpolation(Upsampling.BILINEAR)));
    checkAlike(layerMap(new GradCam(nearest)), array(FILE, "gradcam_relu/" + layer));
    checkAlike(layerMap(new GradCam(nearest.withRelu(false))), array(FILE, "gradcam/" + layer));
  }

  private double[] layerMap(GradCam method) {
    return explanation(method).details().get("layer-map").toDoubles();
  }

  /**
   * In double precision, and one baseline only, since that takes seconds: a black image is nothing
   * but ties, and which of the baseline's equal values wins a pooling decides which multipliers are
   * handed on. In single precision the sum still has to be right.
   */
  @Tag("double-precision")
  @Test
  void distributesDifferences() {
    try (var exact = FormulaNetwork.open(ElementType.FLOAT64)) {
      var found =
          DeepLift.standard()
              .explain(
                  new Evaluator(DoublePrecision.engine(), exact),
                  image(),
                  LABEL,
                  RunOptions.standard());
      checkMap("deeplift_rescale/black", 192, found.values().toDoubles());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"black", "white", "mean"})
  void completesDifferences(String baseline) {
    var found = explanation(new DeepLift(Baseline.TYPE.reader().apply(baseline).orElseThrow()));
    assertThat(found.quality("convergenceDelta").orElseThrow())
        .isCloseTo(array(FILE, "deeplift_delta/" + baseline)[0], within(1e-4));
  }

  @Test
  void sharesRelevance() {
    var method =
        new LayerwiseRelevance(Composite.EPSILON, 1e-9, 0.25, 0, 1, Products.SIGNAL, Start.OUTPUT);
    check("lrp_epsilon", 192, method);
    var delta = array(FILE, "lrp_delta")[0];
    assertThat(-explanation(method).quality("conservation").orElseThrow() / delta)
        .isCloseTo(1, within(0.04));
  }
}
