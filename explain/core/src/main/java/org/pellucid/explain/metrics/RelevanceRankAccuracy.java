package org.pellucid.explain.metrics;

import java.util.Arrays;
import java.util.List;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * Of as many largest attributions as the mask has pixels, the share that lies in it (Arras et al.,
 * 2022).
 *
 * @param sign what of an attribution counts
 */
public record RelevanceRankAccuracy(Sign sign) implements Metric {
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.ABSOLUTE);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "relevance-rank-accuracy",
          "Relevance rank accuracy",
          "Of as many largest attributions as the object has pixels, the share on it; higher is"
              + " better.",
          "L. Arras, A. Osman, W. Samek: CLEVR-XAI, a benchmark dataset for the ground truth"
              + " evaluation of neural network explanations, 2022",
          Direction.HIGHER,
          Effort.MAP,
          true,
          List.of(SIGN),
          values -> new RelevanceRankAccuracy(values.get(SIGN)));

  /** The metric with its standard parameters. */
  public static RelevanceRankAccuracy standard() {
    return (RelevanceRankAccuracy) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none().with(SIGN, sign);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var map = AttributionMap.of(explanation.values());
    var mask = context.maskOf(map, DESCRIPTOR.name());
    var pixels = map.pixels(sign);
    var count = mask.count();
    var best = AttributionMap.descending(pixels);
    var hits = Arrays.stream(best).limit(count).filter(mask::contains).count();
    return Measurement.of((double) hits / count);
  }
}
