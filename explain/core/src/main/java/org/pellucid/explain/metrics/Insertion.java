package org.pellucid.explain.metrics;

import java.util.List;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * How fast the score rises while the most relevant pixels return to an input from which all are
 * removed: the area under its curve over the share returned (Petsiuk et al., 2018).
 *
 * @param baseline what removed pixels become
 * @param steps points of the curve after the first
 * @param sign what of an attribution counts
 * @param score what is watched
 */
public record Insertion(Imputation baseline, int steps, Sign sign, Score score)
    implements CurveMetric {
  private static final Parameter<Imputation> BASELINE =
      Imputation.parameter(new Imputation.Blurred(0));
  private static final Parameter<Integer> STEPS = RankedRemoval.STEPS;
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.SIGNED);
  private static final Parameter<Score> SCORE = Score.parameter(Score.PROBABILITY);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "insertion",
          "Insertion",
          "The area under the score while the most relevant pixels return; higher is better.",
          "V. Petsiuk, A. Das, K. Saenko: RISE, randomized input sampling for explanation, 2018",
          Direction.HIGHER,
          Effort.OUTPUTS,
          false,
          List.of(BASELINE, STEPS, SIGN, SCORE),
          values ->
              new Insertion(
                  values.get(BASELINE), values.get(STEPS), values.get(SIGN), values.get(SCORE)));

  /** The metric with its standard parameters. */
  public static Insertion standard() {
    return (Insertion) DESCRIPTOR.standard();
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
        .measure(explanation, context, score, steps, "share of pixels inserted", true);
  }

  @Override
  public Values image(Explanation explanation, MetricContext context, int point) {
    var removal = removal(explanation, context);
    return removal.image(removal.counts(steps), point, true);
  }
}
