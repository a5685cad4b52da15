package org.pellucid.explain.metrics;

import java.util.Arrays;
import java.util.List;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * The entropy of the shares that magnitudes have of their sum, by the natural logarithm (Bhatt et
 * al., 2020): 0 if one pixel holds everything, {@code ln n} if all {@code n} count alike, as those
 * of a map of zeros do.
 */
public record Complexity() implements Metric {

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "complexity",
          "Complexity",
          "The entropy of the attributions' shares: 0 if one pixel holds everything; lower is"
              + " simpler.",
          "U. Bhatt, A. Weller, J. Moura: Evaluating and aggregating feature-based model"
              + " explanations, 2020",
          Direction.LOWER,
          Effort.MAP,
          false,
          List.of(),
          _ -> new Complexity());

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var pixels = AttributionMap.of(explanation.values()).pixels(Sign.ABSOLUTE);
    var sum = Arrays.stream(pixels).sum();
    if (sum == 0) {
      return Measurement.of(Math.log(pixels.length));
    }
    var entropy = 0.0;
    for (var pixel : pixels) {
      entropy -= pixel == 0 ? 0 : pixel / sum * Math.log(pixel / sum);
    }
    return Measurement.of(entropy);
  }
}
