package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.pellucid.explain.attribution.TinyNetwork.EXACT;
import static org.pellucid.explain.attribution.TinyNetwork.EXACT_IMAGES;
import static org.pellucid.explain.attribution.TinyNetwork.IMAGES;
import static org.pellucid.explain.attribution.TinyNetwork.SIZE;
import static org.pellucid.explain.attribution.TinyNetwork.array;

import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.attribution.LayerwiseRelevance.Composite;
import org.pellucid.explain.attribution.LayerwiseRelevance.Start;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.models.nn.ConvolutionalNetwork;
import org.pellucid.models.nn.Layer;
import org.pellucid.testing.Distance;
import org.pellucid.testing.DoublePrecision;
import org.pellucid.testing.SinglePrecision;

/** Layer-wise relevance propagation against zennit. */
@Tag("numeric")
class RuleGoldenTests {
  /** The manifest's tolerance in single precision. */
  private static final double SINGLE = 1e-5;

  /**
   * The network that zennit explains: having folded a normalisation it leaves one without effect
   * but for its {@code ε}, which divides what the convolution gives by {@code √(1 + 10⁻⁵)}.
   */
  private static ConvolutionalNetwork asZennitHasIt(ElementType type) {
    var network = TinyNetwork.open(type);
    for (var named : network.layers()) {
      if (named.layer() instanceof Layer.BatchNorm norm) {
        divide(norm.gamma());
        divide(norm.beta());
      }
    }
    return network;
  }

  private static void divide(Tensor tensor) {
    tensor.set(Arrays.stream(tensor.toDoubles()).map(v -> v / Math.sqrt(1 + 1e-5)).toArray());
    tensor.changed();
  }

  private static double[] maps(GradientMethod method, Engine engine, ElementType type, int images) {
    try (var network = asZennitHasIt(type)) {
      return TinyNetwork.maps(new Evaluator(engine, network), images, _ -> method);
    }
  }

  /**
   * Single precision is compared with double precision that takes the same decisions: max-pool
   * winners that are equal but for rounding change with the processor.
   */
  @ParameterizedTest
  @CsvSource({
    "EPSILON_PLUS, zennit_epsilon_plus",
    "EPSILON_PLUS_FLAT, zennit_epsilon_plus_flat",
    "EPSILON_ALPHA2_BETA1, zennit_epsilon_alpha2_beta1",
    "EPSILON_GAMMA_BOX, zennit_epsilon_gamma_box"
  })
  void sharesRelevanceAsZennitDoes(Composite composite, String name) {
    var method = LayerwiseRelevance.composite(composite).withStart(Start.ONE);
    var maps = maps(method, DoublePrecision.engine(), ElementType.FLOAT64, IMAGES);
    var first = Arrays.copyOf(maps, EXACT_IMAGES * SIZE);
    assertThat(Distance.relative(first, array("tiny_zennit_f64.npz", name))).isLessThan(EXACT);
    assertThat(Distance.relative(maps, array("tiny_zennit.npz", name))).isLessThan(SINGLE);
    SinglePrecision.check((engine, type) -> maps(method, engine, type, EXACT_IMAGES), SINGLE);
  }
}
