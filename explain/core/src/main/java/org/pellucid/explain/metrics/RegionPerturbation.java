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
 * How far the target's number falls on average while the squares of a grid are removed in the order
 * of their summed attributions: {@code Σ (f(x₀) − f(xₖ)) / (L + 1)} for {@code k} from 0 to {@code
 * L} (Samek et al., 2017).
 *
 * @param patch the side of a region in pixels
 * @param regions how many are removed, or all there are
 * @param baseline what removed pixels become
 * @param sign what of an attribution counts
 * @param score what is watched
 */
public record RegionPerturbation(
    int patch, int regions, Imputation baseline, Sign sign, Score score) implements CurveMetric {
  private static final Parameter<Integer> PATCH = Regions.PATCH;
  private static final Parameter<Integer> REGIONS =
      Parameter.of(
          "regions",
          ParameterType.wholeNumber(1, 100_000),
          30,
          "How many regions are removed, or all there are.");
  private static final Parameter<Imputation> BASELINE = Imputation.parameter(Imputation.BLACK);
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.SIGNED);
  private static final Parameter<Score> SCORE = Score.parameter(Score.TARGET);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "region-perturbation",
          "Region perturbation",
          "How far the target's number falls on average while the most relevant regions are"
              + " removed; higher is better.",
          "W. Samek et al.: Evaluating the visualization of what a deep neural network has learned,"
              + " 2017",
          Direction.HIGHER,
          Effort.OUTPUTS,
          false,
          List.of(PATCH, REGIONS, BASELINE, SIGN, SCORE),
          values ->
              new RegionPerturbation(
                  values.get(PATCH),
                  values.get(REGIONS),
                  values.get(BASELINE),
                  values.get(SIGN),
                  values.get(SCORE)));

  /** The metric with its standard parameters. */
  public static RegionPerturbation standard() {
    return (RegionPerturbation) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(PATCH, patch)
        .with(REGIONS, regions)
        .with(BASELINE, baseline)
        .with(SIGN, sign)
        .with(SCORE, score);
  }

  private Regions regions(Explanation explanation, MetricContext context) {
    var map = AttributionMap.of(explanation.values(), context.input());
    return Regions.of(map, sign, patch, regions);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var curve = regions(explanation, context).curve(explanation, context, baseline, score);
    var first = curve.values().getFirst();
    var fall = curve.values().stream().mapToDouble(value -> first - value).average();
    return Measurement.of(fall.orElseThrow(), curve).seeded(context.options().seed());
  }

  @Override
  public Values image(Explanation explanation, MetricContext context, int point) {
    return regions(explanation, context).image(context, baseline, point);
  }
}
