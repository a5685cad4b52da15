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
 * The share of the {@code k} largest attributions that lies in the mask (Theiner et al., 2021).
 *
 * @param k how many, at most all
 * @param sign what of an attribution counts
 */
public record TopKIntersection(int k, Sign sign) implements Metric {
  private static final Parameter<Integer> K =
      Parameter.of(
          "k", ParameterType.wholeNumber(1, Integer.MAX_VALUE), 100, "How many attributions.");
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.ABSOLUTE);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "top-k-intersection",
          "Top-k intersection",
          "The share of the k largest attributions that lies on the object; higher is better.",
          "J. Theiner, E. Müller-Budack, R. Ewerth: Interpretable semantic photo geolocation, 2021",
          Direction.HIGHER,
          Effort.MAP,
          true,
          List.of(K, SIGN),
          values -> new TopKIntersection(values.get(K), values.get(SIGN)));

  /** The metric with its standard parameters. */
  public static TopKIntersection standard() {
    return (TopKIntersection) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none().with(K, k).with(SIGN, sign);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var map = AttributionMap.of(explanation.values());
    var mask = context.maskOf(map, DESCRIPTOR.name());
    var pixels = map.pixels(sign);
    var count = Math.min(k, pixels.length);
    var best = AttributionMap.descending(pixels);
    var hits = Arrays.stream(best).limit(count).filter(mask::contains).count();
    return Measurement.of((double) hits / count);
  }
}
