package org.pellucid.explain.metrics;

import java.util.List;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * How fast the target's number falls while pixels, or single values, are removed in the order of
 * the map: the area under its curve (Bach et al., 2015).
 *
 * @param unit what is removed at once
 * @param baseline what removed pixels become
 * @param steps points of the curve after the first
 * @param sign what of an attribution counts
 * @param score what is watched
 */
public record PixelFlipping(Unit unit, Imputation baseline, int steps, Sign sign, Score score)
    implements CurveMetric {
  private static final Parameter<Unit> UNIT =
      Parameter.of(
          "unit",
          ParameterType.choice(Unit.class),
          Unit.PIXELS,
          "What is removed at once: whole pixels, or single values of their channels.");
  private static final Parameter<Imputation> BASELINE = Imputation.parameter(Imputation.BLACK);
  private static final Parameter<Integer> STEPS = RankedRemoval.STEPS;
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.SIGNED);
  private static final Parameter<Score> SCORE = Score.parameter(Score.TARGET);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "pixel-flipping",
          "Pixel flipping",
          "The area under the target's number while places are flipped, the most relevant first;"
              + " lower is better.",
          "S. Bach et al.: On pixel-wise explanations by layer-wise relevance propagation, 2015",
          Direction.LOWER,
          Effort.OUTPUTS,
          false,
          List.of(UNIT, BASELINE, STEPS, SIGN, SCORE),
          values ->
              new PixelFlipping(
                  values.get(UNIT),
                  values.get(BASELINE),
                  values.get(STEPS),
                  values.get(SIGN),
                  values.get(SCORE)));

  /** What is removed at once. */
  public enum Unit {
    /** A pixel with all of its channels. */
    PIXELS,
    /** One value of one channel. */
    VALUES
  }

  /** The metric with its standard parameters. */
  public static PixelFlipping standard() {
    return (PixelFlipping) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(UNIT, unit)
        .with(BASELINE, baseline)
        .with(STEPS, steps)
        .with(SIGN, sign)
        .with(SCORE, score);
  }

  private RankedRemoval removal(Explanation explanation, MetricContext context) {
    var map = AttributionMap.of(explanation.values(), context.input());
    return RankedRemoval.of(
        context,
        unit == Unit.PIXELS ? map.pixels(sign) : map.values(context.input(), sign),
        baseline);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    return removal(explanation, context)
        .measure(explanation, context, score, steps, "share removed", false);
  }

  @Override
  public Values image(Explanation explanation, MetricContext context, int point) {
    var removal = removal(explanation, context);
    return removal.image(removal.counts(steps), point, false);
  }
}
