package org.pellucid.explain.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * Whether the largest attribution lies in the mask (Zhang et al., 2016): 1 or 0, and where several
 * are equal the share of them that does, so that a constant map scores what chance would.
 *
 * @param tolerance how far beside the mask is near enough, in pixels
 * @param sign what of an attribution counts
 */
public record PointingGame(int tolerance, Sign sign) implements Metric {
  private static final Parameter<Integer> TOLERANCE =
      Parameter.of(
          "tolerance",
          ParameterType.wholeNumber(0, 1000),
          0,
          "How far beside the mask is near enough, in pixels.");
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.ABSOLUTE);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "pointing-game",
          "Pointing game",
          "Whether the largest attribution lies on the object: 1 or 0; higher is better.",
          "J. Zhang et al.: Top-down neural attention by excitation backprop, 2016",
          Direction.HIGHER,
          Effort.MAP,
          true,
          List.of(TOLERANCE, SIGN),
          values -> new PointingGame(values.get(TOLERANCE), values.get(SIGN)));

  /** The metric with its standard parameters. */
  public static PointingGame standard() {
    return (PointingGame) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none().with(TOLERANCE, tolerance).with(SIGN, sign);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var map = AttributionMap.of(explanation.values());
    var mask = context.maskOf(map, DESCRIPTOR.name());
    var pixels = map.pixels(sign);
    var largest = Arrays.stream(pixels).max().orElseThrow();
    var best = IntStream.range(0, pixels.length).filter(i -> pixels[i] == largest).toArray();
    var hits = Arrays.stream(best).filter(i -> mask.isNear(i, tolerance)).count();
    return Measurement.of((double) hits / best.length);
  }
}
