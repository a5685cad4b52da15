package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.explain.attribution.TinyNetwork.array;
import static org.pellucid.explain.attribution.TinyNetwork.check;
import static org.pellucid.explain.attribution.TinyNetwork.image;
import static org.pellucid.explain.attribution.TinyNetwork.label;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.attribution.LayerwiseRelevance.Composite;
import org.pellucid.explain.attribution.LayerwiseRelevance.Products;
import org.pellucid.explain.attribution.LayerwiseRelevance.Start;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Objective;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.method.Method;
import org.pellucid.testing.DoublePrecision;

/** Methods of one gradient against Captum. */
@Tag("numeric")
class OnePassGoldenTests {
  private static final String FILE = "tiny_captum";

  /** Captum's epsilon. */
  private static final LayerwiseRelevance EPSILON =
      new LayerwiseRelevance(Composite.EPSILON, 1e-9, 0.25, 0, 1, Products.SIGNAL, Start.OUTPUT);

  @Test
  void takesGradients() {
    check(FILE, "saliency_abs", 1e-5, _ -> Saliency.standard());
    check(FILE, "saliency_signed", 1e-5, _ -> new Saliency(Objective.SCORE, false, false, 1));
    check(FILE, "input_x_gradient", 1e-5, _ -> new InputTimesGradient());
  }

  @Test
  void rectifiesGradients() {
    check(FILE, "guided_backprop", 1e-5, _ -> new GuidedBackprop());
    check(FILE, "deconvolution", 1e-5, _ -> new Deconvolution());
  }

  /**
   * Captum adds epsilon in normalisations and poolings too, where relevance is not divided here;
   * the manifest allows a port in double precision 10⁻⁶.
   */
  @Test
  void sharesRelevanceInProportion() {
    check(FILE, "lrp_epsilon", 1e-6, 1e-5, _ -> EPSILON);
    var deltas = array(FILE + "_f64.npz", "lrp_delta");
    for (var index = 0; index < TinyNetwork.EXACT_IMAGES; index++) {
      assertThat(quality(EPSILON, index, "conservation"))
          .isCloseTo(-deltas[index], within(1e-6 * Math.abs(deltas[index])));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"black", "white", "mean"})
  void distributesDifferences(String baseline) {
    var method = new DeepLift(Baseline.TYPE.reader().apply(baseline).orElseThrow());
    check(FILE, "deeplift_rescale/" + baseline, 2e-5, _ -> method);
    for (var index = 0; index < TinyNetwork.EXACT_IMAGES; index++) {
      assertThat(quality(method, index, "convergenceDelta"))
          .isCloseTo(array(FILE + "_f64.npz", "deeplift_delta/" + baseline)[index], within(1e-9));
    }
  }

  private static double quality(Method method, int index, String name) {
    try (var network = TinyNetwork.open(ElementType.FLOAT64)) {
      return method
          .explain(
              new Evaluator(DoublePrecision.engine(), network),
              image(index),
              label(index),
              RunOptions.standard())
          .quality(name)
          .orElseThrow();
    }
  }
}
