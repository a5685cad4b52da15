package org.pellucid.explain.metrics;

import java.util.Arrays;
import java.util.List;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * How far the sum of attributions is from the difference of scores that it should add up to: {@code
 * |Σ a − (f(x) − f(b))| / |f(x) − f(b)|} with a baseline {@code b} (Sundararajan et al., 2017). 0
 * for a complete map; NaN if the baseline's score is the input's. Methods that don't promise
 * completeness fail it by their scale alone.
 *
 * @param baseline what the map is measured from
 */
public record Completeness(Imputation baseline) implements Metric {
  private static final Parameter<Imputation> BASELINE = Imputation.parameter(Imputation.BLACK);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "completeness",
          "Completeness",
          "How far the attributions' sum is from the difference to the baseline's score, relative"
              + " to it; 0 is complete, lower is better.",
          "M. Sundararajan, A. Taly, Q. Yan: Axiomatic attribution for deep networks, 2017",
          Direction.LOWER,
          Effort.OUTPUTS,
          false,
          List.of(BASELINE),
          values -> new Completeness(values.get(BASELINE)));

  /** The metric with its standard parameters. */
  public static Completeness standard() {
    return (Completeness) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none().with(BASELINE, baseline);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var input = context.input();
    var removed = new boolean[input.length()];
    Arrays.fill(removed, true);
    var imputer = baseline.of(input, context.options().seed());
    var scores =
        Score.TARGET.of(
            explanation,
            context,
            2,
            (number, into, offset) -> {
              input.copyTo(into, offset);
              if (number == 1) {
                imputer.impute(removed, into, offset);
              }
            });
    var difference = scores[0] - scores[1];
    var sum = Arrays.stream(AttributionMap.of(explanation.values()).pixels(Sign.SIGNED)).sum();
    return difference == 0
        ? Measurement.UNDEFINED
        : Measurement.of(Math.abs(sum - difference) / Math.abs(difference));
  }
}
