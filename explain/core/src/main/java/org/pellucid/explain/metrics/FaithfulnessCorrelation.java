package org.pellucid.explain.metrics;

import java.util.List;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * Pearson's correlation between the sum of attributions of random pixels and the fall of the score
 * if these are removed (Bhatt et al., 2020). 1 if attributions say what removing costs; NaN if one
 * of both is the same for all samples.
 *
 * @param samples how many sets of pixels are removed
 * @param share of the pixels in a set, in per cent
 * @param baseline what removed pixels become
 * @param sign what of an attribution counts
 * @param score what is watched
 */
public record FaithfulnessCorrelation(
    int samples, double share, Imputation baseline, Sign sign, Score score) implements Metric {
  private static final Parameter<Integer> SAMPLES =
      Parameter.of(
          "samples",
          ParameterType.wholeNumber(1, 1_000_000),
          100,
          "How many sets of pixels are removed.");
  private static final Parameter<Double> SHARE =
      Parameter.of(
          "share", ParameterType.number(0, 100), 5.0, "The pixels in a set, in per cent of all.");
  private static final Parameter<Imputation> BASELINE = Imputation.parameter(Imputation.BLACK);
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.SIGNED);
  private static final Parameter<Score> SCORE = Score.parameter(Score.TARGET);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "faithfulness-correlation",
          "Faithfulness correlation",
          "The correlation between attributions of random pixels and what removing them costs;"
              + " higher is better, 1 is perfect.",
          "U. Bhatt, A. Weller, J. Moura: Evaluating and aggregating feature-based model"
              + " explanations, 2020",
          Direction.HIGHER,
          Effort.OUTPUTS,
          false,
          List.of(SAMPLES, SHARE, BASELINE, SIGN, SCORE),
          values ->
              new FaithfulnessCorrelation(
                  values.get(SAMPLES),
                  values.get(SHARE),
                  values.get(BASELINE),
                  values.get(SIGN),
                  values.get(SCORE)));

  /** The metric with its standard parameters. */
  public static FaithfulnessCorrelation standard() {
    return (FaithfulnessCorrelation) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(SAMPLES, samples)
        .with(SHARE, share)
        .with(BASELINE, baseline)
        .with(SIGN, sign)
        .with(SCORE, score);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var sets = RandomSets.of(explanation, context, sign, baseline);
    var size = Math.max(1, (int) Math.round(sets.places() * share / 100));
    var seed = context.options().seed();
    return Measurement.of(sets.correlation(score, samples, size, seed)).seeded(seed);
  }
}
