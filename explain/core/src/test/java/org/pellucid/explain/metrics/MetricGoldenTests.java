package org.pellucid.explain.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
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
import org.pellucid.explain.Goldens;
import org.pellucid.explain.attribution.IntegratedGradients;
import org.pellucid.explain.attribution.QuadratureRule;
import org.pellucid.explain.attribution.Saliency;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Objective;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Curve;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.nn.NetworkBuilder;
import org.pellucid.models.zoo.CheckpointParameters;
import org.pellucid.testing.Distance;
import org.pellucid.testing.DoublePrecision;
import org.pellucid.weights.files.WeightFiles;
import org.pellucid.weights.numpy.Npz;

/**
 * Metrics against Quantus and Captum. Passes forward take no decisions that rounding could turn, so
 * they are compared in single precision, with the manifest's tolerances; a few images also in
 * double precision, and gradients in that alone.
 */
@Tag("numeric")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MetricGoldenTests {
  private static final int[] LABELS = {0, 1, 1, 2, 2, 3, 5, 6, 8, 9};
  private static final int SIZE = 3 * 32 * 32;
  private static final int IMAGES = 10;

  /** The manifest's tolerances for figures, and for curves of Quantus' single precision. */
  private static final double FIGURE = 1e-4;

  private static final double CURVE = 1e-3;

  /** The manifest's relative tolerance for the smaller figures. */
  private static final double INFIDELITY = 5e-5;

  /** The manifest's tolerance for double precision; inputs are single here and there. */
  private static final double EXACT = 1e-6;

  /** How many images are computed in double precision. */
  private static final int FEW = 1;

  private ConvolutionalNetwork network;
  private ConvolutionalNetwork exactNetwork;
  private Evaluator evaluator;
  private Evaluator exact;

  @BeforeAll
  void open() {
    try (var checkpoint = WeightFiles.open(Goldens.file("goldens/cnn/checkpoint/tiny_zip.pth"))) {
      var parameters = new CheckpointParameters(checkpoint);
      var description = NetworkBuilder.describe(parameters);
      network = NetworkBuilder.build(description, parameters, ElementType.FLOAT32);
      exactNetwork = NetworkBuilder.build(description, parameters, ElementType.FLOAT64);
      evaluator = new Evaluator(Engine.standard(), network);
      exact = new Evaluator(DoublePrecision.engine(), exactNetwork);
    }
  }

  @AfterAll
  void close() {
    Stream.of(network, exactNetwork).filter(Objects::nonNull).forEach(ConvolutionalNetwork::close);
  }

  private static double[] array(String file, String name) {
    try (var npz = Npz.open(Goldens.file("goldens/cnn/" + file))) {
      return npz.array(name).doubles();
    }
  }

  private static double[] part(double[] all, int index) {
    var size = all.length / IMAGES;
    return Arrays.copyOfRange(all, index * size, (index + 1) * size);
  }

  private static Values image(int index) {
    var bytes = array("preprocess.npz", "x32_u8");
    return MetricSamples.values(
        i -> (float) bytes[(index * 1024 + i % 1024) * 3 + i / 1024] / 255f, 3, 32, 32);
  }

  private Explanation explanation(double[] map, int index, long... shape) {
    return MetricSamples.explanation(
        Values.of(map, shape), Target.output(LABELS[index]), evaluator.outputs(image(index)));
  }

  private MetricContext context(Method method, int index) {
    return context(method, index, evaluator);
  }

  private static MetricContext context(Method method, int index, Evaluator evaluator) {
    return new MetricContext(method, evaluator, image(index), RunOptions.standard());
  }

  private Metric metric(MetricDescriptor descriptor, String... settings) {
    var texts = new java.util.HashMap<String, String>();
    for (var setting : settings) {
      texts.put(setting.split("=")[0], setting.split("=")[1]);
    }
    return descriptor.with(texts);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ixg", "ig_black_gauss", "saliency_abs"})
  void figuresOfTheMapAreThoseOfQuantus(String map) {
    var metrics =
        Map.of(
            "sparseness_abs", metric(Sparseness.DESCRIPTOR),
            "complexity_abs", metric(Complexity.DESCRIPTOR),
            "effective_complexity_abs_eps1e-2",
                metric(EffectiveComplexity.DESCRIPTOR, "relative=false"),
            "pointing_game_abs", metric(PointingGame.DESCRIPTOR),
            "relevance_mass_accuracy_abs", metric(RelevanceMassAccuracy.DESCRIPTOR),
            "relevance_rank_accuracy_abs", metric(RelevanceRankAccuracy.DESCRIPTOR),
            "topk_intersection_k100_abs", metric(TopKIntersection.DESCRIPTOR),
            "auc_abs", metric(AreaUnderRoc.DESCRIPTOR),
            "attribution_localisation_abs",
                metric(AttributionLocalisation.DESCRIPTOR, "sign=absolute"));
    var mask = Values.of(array("tiny_quantus.npz", "mask"), 32, 32);
    var maps = array("tiny_quantus.npz", "map/" + map);
    metrics.forEach(
        (name, metric) -> {
          var expected = array("tiny_quantus.npz", name + "/" + map);
          for (var index = 0; index < IMAGES; index++) {
            var context = MetricSamples.masked(context(Saliency.standard(), index), mask);
            var figure =
                metric.measure(explanation(part(maps, index), index, 32, 32), context).value();
            assertThat(figure).as(name).isCloseTo(expected[index], within(FIGURE));
          }
        });
  }

  @ParameterizedTest
  @CsvSource({
    "ixg, tiny_captum.npz, input_x_gradient",
    "ig_black_gauss, tiny_captum_ig.npz, ig/black/gausslegendre",
    "saliency_abs, tiny_captum.npz, saliency_abs"
  })
  void flipsValuesAsQuantusDoes(String name, String file, String attributions) {
    var maps = array(file, attributions);
    var metric =
        metric(
            PixelFlipping.DESCRIPTOR,
            "unit=values",
            "steps=24",
            "sign=absolute",
            "baseline=minimum");
    var expected = array("tiny_quantus.npz", "pixel_flipping_3ch_black_step128_abs/" + name);
    for (var index = 0; index < IMAGES; index++) {
      var curve = curve(metric, explanation(part(maps, index), index, 3, 32, 32), index);
      assertThat(Distance.largest(values(curve, 1), part(expected, index))).isLessThan(CURVE);
    }
  }

  private Curve curve(Metric metric, Explanation explanation, int index) {
    return metric.measure(explanation, context(Saliency.standard(), index)).curve().orElseThrow();
  }

  private static double[] values(Curve curve, int from) {
    return curve.values().stream().skip(from).mapToDouble(value -> value).toArray();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ixg", "ig_black_gauss", "saliency_abs"})
  void removesRegionsAsQuantusDoes(String name) {
    var maps = array("tiny_quantus.npz", "map/" + name);
    var anywhere =
        metric(RegionPerturbation.DESCRIPTOR, "patch=4", "regions=10", "baseline=minimum");
    var grid = metric(Selectivity.DESCRIPTOR, "patch=4", "baseline=minimum");
    var falls = array("tiny_quantus.npz", "region_perturbation_morf_patch4_n10/" + name);
    var scores = array("tiny_quantus.npz", "selectivity_patch4/" + name);
    for (var index = 0; index < IMAGES; index++) {
      var explanation = explanation(part(maps, index), index, 32, 32);
      var left = values(curve(anywhere, explanation, index), 0);
      var fallen = Arrays.stream(left).skip(1).map(score -> left[0] - score).toArray();
      assertThat(Distance.largest(fallen, part(falls, index))).isLessThan(CURVE);
      var selected = values(curve(grid, explanation, index), 1);
      assertThat(Distance.largest(selected, part(scores, index))).isLessThan(CURVE);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"saliency_signed", "input_x_gradient", "ig_black", "ones"})
  void infidelityIsThatOfCaptum(String name) {
    var stored = array("tiny_captum_perturb.npz", "pert");
    var maps =
        switch (name) {
          case "ones" -> Arrays.stream(new double[IMAGES * SIZE]).map(_ -> 1).toArray();
          case "ig_black" -> array("tiny_captum_perturb.npz", "infid_attr_ig_black");
          default -> array("tiny_captum.npz", name);
        };
    for (var normalised : new boolean[] {false, true}) {
      var golden = (normalised ? "infidelity_normalized/" : "infidelity/") + name;
      var single = infidelity(maps, stored, normalised, evaluator, IMAGES);
      assertThat(Distance.relative(single, array("tiny_captum_perturb.npz", golden)))
          .as(golden)
          .isLessThan(INFIDELITY);
      var expected = Arrays.copyOf(array("tiny_captum_perturb_f64.npz", golden), FEW);
      assertThat(Distance.relative(infidelity(maps, stored, normalised, exact, FEW), expected))
          .as(golden)
          .isLessThan(EXACT);
    }
  }

  private double[] infidelity(
      double[] maps, double[] stored, boolean normalised, Evaluator used, int count) {
    var metric = new Infidelity(6, 1, normalised, false);
    var figures = new double[count];
    for (var index = 0; index < count; index++) {
      figures[index] =
          metric.of(
              explanation(part(maps, index), index, 3, 32, 32),
              context(Saliency.standard(), index, used),
              stored(stored, index));
    }
    return figures;
  }

  private static Infidelity.Changes stored(double[] changes, int index) {
    return (sample, change) ->
        System.arraycopy(changes, (index * 6 + sample) * SIZE, change, 0, SIZE);
  }

  @Test
  void maximumSensitivityIsThatOfCaptum() {
    var methods =
        Map.of(
            "saliency_signed",
            new Saliency(Objective.SCORE, false, false, 1),
            "ig_black_middle10",
            IntegratedGradients.steps(10).withRule(QuadratureRule.MIDDLE));
    var stored = array("tiny_captum_perturb.npz", "sens");
    methods.forEach(
        (name, method) -> {
          var actual = new double[FEW];
          for (var index = 0; index < FEW; index++) {
            var context = context(method, index, exact);
            var explanation =
                method.explain(
                    exact, image(index), Target.output(LABELS[index]), RunOptions.standard());
            actual[index] =
                new SensitivityMax(6, 0.02).of(explanation, context, stored(stored, index));
          }
          var expected =
              Arrays.copyOf(array("tiny_captum_perturb_f64.npz", "sensitivity_max/" + name), FEW);
          assertThat(Distance.relative(actual, expected)).as(name).isLessThan(EXACT);
        });
  }
}
