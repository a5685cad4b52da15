package org.pellucid.explain.metrics;

import java.util.List;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * The area under the receiver operating characteristic of the attributions as scores of the mask's
 * pixels (Fawcett, 2006): the probability that a pixel of the object has the larger attribution
 * than one beside it, equal ones counting half. 0.5 is chance; NaN if the mask covers everything.
 *
 * @param sign what of an attribution counts
 */
public record AreaUnderRoc(Sign sign) implements Metric {
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.ABSOLUTE);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "auc",
          "AUC",
          "The probability that a pixel of the object has a larger attribution than one beside it;"
              + " higher is better, 0.5 is chance.",
          "T. Fawcett: An introduction to ROC analysis, 2006",
          Direction.HIGHER,
          Effort.MAP,
          true,
          List.of(SIGN),
          values -> new AreaUnderRoc(values.get(SIGN)));

  /** The metric with its standard parameters. */
  public static AreaUnderRoc standard() {
    return (AreaUnderRoc) DESCRIPTOR.standard();
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
    var ranks = Correlation.ranks(pixels);
    var inside = 0.0;
    for (var i = 0; i < pixels.length; i++) {
      inside += mask.contains(i) ? ranks[i] : 0;
    }
    var count = (double) mask.count();
    var others = pixels.length - count;
    return others == 0
        ? Measurement.UNDEFINED
        : Measurement.of((inside - count * (count + 1) / 2) / (count * others));
  }
}
