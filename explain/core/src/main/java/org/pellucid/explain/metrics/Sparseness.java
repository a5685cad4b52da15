package org.pellucid.explain.metrics;

import java.util.Arrays;
import java.util.List;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * The Gini index of the attributions' magnitudes {@code a₁ ≤ … ≤ aₙ}: {@code Σ (2i − n − 1) aᵢ / (n
 * Σ aᵢ)} (Chalasani et al., 2020). 0 where all are equal or zero, near 1 where a few hold
 * everything.
 */
public record Sparseness() implements Metric {

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "sparseness",
          "Sparseness",
          "The Gini index of the magnitudes: 0 if all pixels count alike, near 1 if a few do;"
              + " higher is sparser.",
          "P. Chalasani et al.: Concise explanations of neural networks using adversarial training,"
              + " 2020",
          Direction.HIGHER,
          Effort.MAP,
          false,
          List.of(),
          _ -> new Sparseness());

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var magnitudes = AttributionMap.of(explanation.values()).pixels(Sign.ABSOLUTE);
    Arrays.sort(magnitudes);
    var weighted = 0.0;
    var sum = 0.0;
    for (var i = 0; i < magnitudes.length; i++) {
      weighted += (2.0 * (i + 1) - magnitudes.length - 1) * magnitudes[i];
      sum += magnitudes[i];
    }
    return Measurement.of(sum == 0 ? 0 : weighted / (magnitudes.length * sum));
  }
}
