package org.pellucid.explain.metrics;

import java.util.List;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * How fast the target's number falls while the squares of a grid are removed in the order of their
 * summed attributions: the area under its curve (Montavon et al., 2018).
 *
 * @param patch the side of a square in pixels
 * @param baseline what removed pixels become
 * @param sign what of an attribution counts
 * @param score what is watched
 */
public record Selectivity(int patch, Imputation baseline, Sign sign, Score score)
    implements CurveMetric {
  private static final Parameter<Integer> PATCH = Regions.PATCH;
  private static final Parameter<Imputation> BASELINE = Imputation.parameter(Imputation.BLACK);
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.SIGNED);
  private static final Parameter<Score> SCORE = Score.parameter(Score.TARGET);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "selectivity",
          "Selectivity",
          "The area under the target's number while the most relevant squares of a grid are"
              + " removed; lower is better.",
          "G. Montavon, W. Samek, K.-R. Müller: Methods for interpreting and understanding deep"
              + " neural networks, 2018",
          Direction.LOWER,
          Effort.OUTPUTS,
          false,
          List.of(PATCH, BASELINE, SIGN, SCORE),
          values ->
              new Selectivity(
                  values.get(PATCH), values.get(BASELINE), values.get(SIGN), values.get(SCORE)));

  /** The metric with its standard parameters. */
  public static Selectivity standard() {
    return (Selectivity) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(PATCH, patch)
        .with(BASELINE, baseline)
        .with(SIGN, sign)
        .with(SCORE, score);
  }

  private Regions regions(Explanation explanation, MetricContext context) {
    var map = AttributionMap.of(explanation.values(), context.input());
    return Regions.of(map, sign, patch, Integer.MAX_VALUE);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var curve = regions(explanation, context).curve(explanation, context, baseline, score);
    return Measurement.of(RankedRemoval.area(curve), curve).seeded(context.options().seed());
  }

  @Override
  public Values image(Explanation explanation, MetricContext context, int point) {
    return regions(explanation, context).image(context, baseline, point);
  }
}
