package org.pellucid.explain.metrics;

import java.util.List;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * How fast the score falls while the most relevant pixels are removed: the area under its curve
 * over the share removed (Petsiuk et al., 2018). 0 if the first pixels take the score with them.
 *
 * @param baseline what removed pixels become
 * @param steps points of the curve after the first
 * @param sign what of an attribution counts
 * @param score what is watched
 */
public record Deletion(Imputation baseline, int steps, Sign sign, Score score)
    implements CurveMetric {
  private static final Parameter<Imputation> BASELINE =
      Imputation.parameter(new Imputation.ChannelMean());
  private static final Parameter<Integer> STEPS = RankedRemoval.STEPS;
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.SIGNED);
  private static final Parameter<Score> SCORE = Score.parameter(Score.PROBABILITY);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "deletion",
          "Deletion",
          "The area under the score while the most relevant pixels are removed; lower is better.",
          "V. Petsiuk, A. Das, K. Saenko: RISE, randomized input sampling for explanation, 2018",
          Direction.LOWER,
          Effort.OUTPUTS,
          false,
          List.of(BASELINE, STEPS, SIGN, SCORE),
          values ->
              new Deletion(
                  values.get(BASELINE), values.get(STEPS), values.get(SIGN), values.get(SCORE)));

  /** The metric with its standard parameters. */
  public static Deletion standard() {
    return (Deletion) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(BASELINE, baseline)
        .with(STEPS, steps)
        .with(SIGN, sign)
        .with(SCORE, score);
  }

  private RankedRemoval removal(Explanation explanation, MetricContext context) {
    return RankedRemoval.ofPixels(explanation, context, sign, baseline);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    return removal(explanation, context)
        .measure(explanation, context, score, steps, "share of pixels removed", false);
  }

  @Override
  public Values image(Explanation explanation, MetricContext context, int point) {
    var removal = removal(explanation, context);
    return removal.image(removal.counts(steps), point, false);
  }
}
