package org.pellucid.explain.metrics;

import java.util.Arrays;
import java.util.List;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * The number of pixels whose magnitude is above a threshold (Nguyen and Martínez, 2020).
 *
 * @param threshold that magnitudes have to exceed
 * @param relative whether it is a share of the largest magnitude, or an absolute number
 */
public record EffectiveComplexity(double threshold, boolean relative) implements Metric {
  private static final Parameter<Double> THRESHOLD =
      Parameter.of(
          "threshold",
          ParameterType.number(0, Double.MAX_VALUE),
          0.01,
          "What magnitudes have to exceed to count.");
  private static final Parameter<Boolean> RELATIVE =
      Parameter.of(
          "relative",
          ParameterType.trueOrFalse(),
          true,
          "Whether the threshold is a share of the largest magnitude, or an absolute number.");

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "effective-complexity",
          "Effective complexity",
          "The number of pixels with more than a negligible attribution; lower is simpler.",
          "A. Nguyen, M. Martínez: On quantitative aspects of model interpretability, 2020",
          Direction.LOWER,
          Effort.MAP,
          false,
          List.of(THRESHOLD, RELATIVE),
          values -> new EffectiveComplexity(values.get(THRESHOLD), values.get(RELATIVE)));

  /** The metric with its standard parameters. */
  public static EffectiveComplexity standard() {
    return (EffectiveComplexity) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none().with(THRESHOLD, threshold).with(RELATIVE, relative);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var pixels = AttributionMap.of(explanation.values()).pixels(Sign.ABSOLUTE);
    var scale = relative ? Arrays.stream(pixels).max().orElseThrow() : 1;
    return Measurement.of(Arrays.stream(pixels).filter(p -> p > threshold * scale).count());
  }
}
