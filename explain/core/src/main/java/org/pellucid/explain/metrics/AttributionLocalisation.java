package org.pellucid.explain.metrics;

import java.util.List;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * The share of the positive attribution that lies in the mask (Kohlbrenner et al., 2020),
 * optionally over the mask's share of the pixels; NaN for a map without positive values.
 *
 * @param weighted whether it is divided by the mask's share of the pixels
 * @param sign what of an attribution counts
 */
public record AttributionLocalisation(boolean weighted, Sign sign) implements Metric {
  private static final Parameter<Boolean> WEIGHTED =
      Parameter.of(
          "weighted",
          ParameterType.trueOrFalse(),
          false,
          "Whether it is divided by the mask's share of the pixels.");
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.POSITIVE);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "attribution-localisation",
          "Attribution localisation",
          "The share of the positive attribution that lies on the object; higher is better.",
          "M. Kohlbrenner et al.: Towards best practice in explaining neural network decisions with"
              + " LRP, 2020",
          Direction.HIGHER,
          Effort.MAP,
          true,
          List.of(WEIGHTED, SIGN),
          values -> new AttributionLocalisation(values.get(WEIGHTED), values.get(SIGN)));

  /** The metric with its standard parameters. */
  public static AttributionLocalisation standard() {
    return (AttributionLocalisation) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none().with(WEIGHTED, weighted).with(SIGN, sign);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var map = AttributionMap.of(explanation.values());
    var mask = context.maskOf(map, DESCRIPTOR.name());
    var share = new RelevanceMassAccuracy(sign).measure(explanation, context).value();
    return Measurement.of(weighted ? share * map.size() / mask.count() : share);
  }
}
