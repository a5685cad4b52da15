package org.pellucid.explain.metrics;

import java.util.List;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * The share of all attribution that lies in the mask (Arras et al., 2022); NaN for a map of zeros.
 *
 * @param sign what of an attribution counts; signed values may cancel
 */
public record RelevanceMassAccuracy(Sign sign) implements Metric {
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.ABSOLUTE);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "relevance-mass-accuracy",
          "Relevance mass accuracy",
          "The share of the attribution that lies on the object; higher is better, and the object's"
              + " share of the image is what chance gives.",
          "L. Arras, A. Osman, W. Samek: CLEVR-XAI, a benchmark dataset for the ground truth"
              + " evaluation of neural network explanations, 2022",
          Direction.HIGHER,
          Effort.MAP,
          true,
          List.of(SIGN),
          values -> new RelevanceMassAccuracy(values.get(SIGN)));

  /** The metric with its standard parameters. */
  public static RelevanceMassAccuracy standard() {
    return (RelevanceMassAccuracy) DESCRIPTOR.standard();
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
    var inside = 0.0;
    var all = 0.0;
    for (var i = 0; i < pixels.length; i++) {
      all += pixels[i];
      inside += mask.contains(i) ? pixels[i] : 0;
    }
    return all == 0 ? Measurement.UNDEFINED : Measurement.of(inside / all);
  }
}
