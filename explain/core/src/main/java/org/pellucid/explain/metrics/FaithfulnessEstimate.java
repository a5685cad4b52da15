package org.pellucid.explain.metrics;

import java.util.Arrays;
import java.util.List;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * Pearson's correlation between the sum of attributions of groups of pixels and the fall of the
 * score if one group is removed (Alvarez-Melis and Jaakkola, 2018). Groups are of equal size in the
 * order of the map.
 *
 * @param groups how many groups the pixels form
 * @param baseline what removed pixels become
 * @param sign what of an attribution counts
 * @param score what is watched
 */
public record FaithfulnessEstimate(int groups, Imputation baseline, Sign sign, Score score)
    implements Metric {
  private static final Parameter<Integer> GROUPS =
      Parameter.of(
          "groups",
          ParameterType.wholeNumber(2, 100_000),
          32,
          "How many groups of equal size the pixels form.");
  private static final Parameter<Imputation> BASELINE = Imputation.parameter(Imputation.BLACK);
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.SIGNED);
  private static final Parameter<Score> SCORE = Score.parameter(Score.TARGET);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "faithfulness-estimate",
          "Faithfulness estimate",
          "The correlation between attributions of groups of pixels, ordered by the map, and what"
              + " removing them costs; higher is better, 1 is perfect.",
          "D. Alvarez-Melis, T. Jaakkola: Towards robust interpretability with self-explaining"
              + " neural networks, 2018",
          Direction.HIGHER,
          Effort.OUTPUTS,
          false,
          List.of(GROUPS, BASELINE, SIGN, SCORE),
          values ->
              new FaithfulnessEstimate(
                  values.get(GROUPS), values.get(BASELINE), values.get(SIGN), values.get(SCORE)));

  /** The metric with its standard parameters. */
  public static FaithfulnessEstimate standard() {
    return (FaithfulnessEstimate) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(GROUPS, groups)
        .with(BASELINE, baseline)
        .with(SIGN, sign)
        .with(SCORE, score);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var pixels = AttributionMap.of(explanation.values(), context.input()).pixels(sign);
    var ranks = AttributionMap.ranks(AttributionMap.descending(pixels));
    var count = Math.min(groups, pixels.length);
    var imputer = baseline.of(context.input(), context.options().seed());
    var whole = score.of(explanation, context);
    var scores =
        score.of(
            explanation,
            context,
            count,
            (group, into, offset) -> {
              context.input().copyTo(into, offset);
              var removed = new boolean[context.input().length()];
              for (var i = 0; i < removed.length; i++) {
                removed[i] = group(ranks[i % ranks.length], pixels.length, count) == group;
              }
              imputer.impute(removed, into, offset);
            });
    var sums = new double[count];
    for (var i = 0; i < pixels.length; i++) {
      sums[group(ranks[i], pixels.length, count)] += pixels[i];
    }
    var falls = Arrays.stream(scores).map(changed -> whole - changed).toArray();
    return Measurement.of(Correlation.pearson(sums, falls)).seeded(context.options().seed());
  }

  private static int group(int rank, int places, int count) {
    return (int) ((long) rank * count / places);
  }
}
