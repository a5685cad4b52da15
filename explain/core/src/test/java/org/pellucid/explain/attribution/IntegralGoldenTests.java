package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.pellucid.explain.attribution.TinyNetwork.EXACT_IMAGES;
import static org.pellucid.explain.attribution.TinyNetwork.IMAGES;
import static org.pellucid.explain.attribution.TinyNetwork.array;
import static org.pellucid.explain.attribution.TinyNetwork.part;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.method.Explanation;
import org.pellucid.testing.Distance;
import org.pellucid.testing.DoublePrecision;
import org.pellucid.testing.SinglePrecision;

/** Integrated Gradients against Captum: every baseline with every rule. */
@Tag("numeric")
class IntegralGoldenTests {
  private static final String EXACT = "tiny_captum_ig_f64.npz";
  private static final String SINGLE = "tiny_captum_ig.npz";

  private static QuadratureRule rule(String captum) {
    return switch (captum) {
      case "gausslegendre" -> QuadratureRule.GAUSS_LEGENDRE;
      case "riemann_left" -> QuadratureRule.LEFT;
      case "riemann_right" -> QuadratureRule.RIGHT;
      case "riemann_middle" -> QuadratureRule.MIDDLE;
      default -> QuadratureRule.TRAPEZOID;
    };
  }

  private static IntegratedGradients method(String baseline, String captum) {
    return new IntegratedGradients(
        50, rule(captum), Baseline.TYPE.reader().apply(baseline).orElseThrow(), true);
  }

  /** Captum's weights of this rule sum to 49/50; those here sum to 1. */
  private static double scale(String rule) {
    return rule.equals("riemann_trapezoid") ? 50 / 49.0 : 1;
  }

  private static double[] scaled(double[] values, double factor) {
    return Arrays.stream(values).map(value -> value * factor).toArray();
  }

  private static Explanation explanation(IntegratedGradients method, int image) {
    try (var network = TinyNetwork.open(ElementType.FLOAT64)) {
      return method.explain(
          new Evaluator(DoublePrecision.engine(), network),
          TinyNetwork.image(image),
          TinyNetwork.label(image),
          RunOptions.standard().withBatchSize(25));
    }
  }

  /** One of the images in double precision each, by turns: each takes fifty gradients. */
  @ParameterizedTest
  @CsvSource({
    "0, black, gausslegendre",
    "1, black, riemann_left",
    "2, black, riemann_right",
    "0, black, riemann_middle",
    "1, black, riemann_trapezoid",
    "2, white, gausslegendre",
    "0, white, riemann_left",
    "1, white, riemann_right",
    "2, white, riemann_middle",
    "0, white, riemann_trapezoid",
    "1, mean, gausslegendre",
    "2, mean, riemann_left",
    "0, mean, riemann_right",
    "1, mean, riemann_middle",
    "2, mean, riemann_trapezoid"
  })
  void integratesAsCaptumDoes(int image, String baseline, String rule) {
    var name = baseline + "/" + rule;
    var found = explanation(method(baseline, rule), image);
    var map = found.values().toDoubles();
    var golden = scaled(part(array(EXACT, "ig/" + name), image, EXACT_IMAGES), scale(rule));
    assertThat(Distance.relative(map, golden)).isLessThan(TinyNetwork.EXACT);
    var single = scaled(part(array(SINGLE, "ig/" + name), image, IMAGES), scale(rule));
    // The least that the manifest allows any of them; decisions of PyTorch's runs differ.
    assertThat(Distance.relative(map, single)).isLessThan(0.005);
    checkDelta(found, array(EXACT, "ig_delta/" + name)[image], rule);
  }

  /** Captum rounds weights to single precision, and the map's sum is up to tens. */
  private static void checkDelta(Explanation found, double golden, String rule) {
    var difference = found.quality("scoreDifference").orElseThrow();
    var expected = (golden + difference) * scale(rule) - difference;
    assertThat(found.quality("convergenceDelta").orElseThrow())
        .isCloseTo(expected, within(1e-5 * Math.max(1, Math.abs(difference))));
  }

  @ParameterizedTest
  @CsvSource({"black", "white", "mean"})
  void integratesInSinglePrecision(String baseline) {
    var method =
        new IntegratedGradients(
            10,
            QuadratureRule.GAUSS_LEGENDRE,
            Baseline.TYPE.reader().apply(baseline).orElseThrow(),
            true);
    SinglePrecision.check((engine, type) -> TinyNetwork.maps(engine, type, 1, _ -> method), 1e-5);
  }

  @Test
  void liesWhereNumpysGaussLegendreLies() {
    var nodes = QuadratureRule.GAUSS_LEGENDRE.nodes(50);
    assertThat(Distance.largest(nodes.positions(), array(SINGLE, "gausslegendre_alphas_50")))
        .isLessThan(1e-14);
    assertThat(Distance.largest(nodes.weights(), array(SINGLE, "gausslegendre_weights_50")))
        .isLessThan(1e-14);
  }
}
