package org.pellucid.explain.attribution;

import static org.pellucid.explain.attribution.TinyNetwork.EXACT_IMAGES;
import static org.pellucid.explain.attribution.TinyNetwork.array;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.testing.Distance;
import org.pellucid.testing.DoublePrecision;

/** Integrated Gradients against Captum: every baseline with every rule. */
@Tag("numeric")
class IntegralGoldenTests {
  private static final String EXACT = "tiny_captum_ig_f64.npz";

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

  @ParameterizedTest
  @CsvSource({
    "black, gausslegendre",
    "black, riemann_left",
    "black, riemann_right",
    "black, riemann_middle",
    "black, riemann_trapezoid",
    "white, gausslegendre",
    "white, riemann_left",
    "white, riemann_right",
    "white, riemann_middle",
    "white, riemann_trapezoid",
    "mean, gausslegendre",
    "mean, riemann_left",
    "mean, riemann_right",
    "mean, riemann_middle",
    "mean, riemann_trapezoid"
  })
  void integratesAsCaptumDoes(String baseline, String rule) {
    var golden = array(EXACT, "ig/" + baseline + "/" + rule);
    var maps =
        TinyNetwork.maps(
            DoublePrecision.engine(),
            ElementType.FLOAT64,
            EXACT_IMAGES,
            _ -> method(baseline, rule));
    System.out.println(baseline + " " + rule + " " + Distance.relative(maps, golden));
  }
}
