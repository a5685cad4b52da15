package org.pellucid.explain.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.pellucid.explain.method.Curve;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * Pearson's correlation between the sum of attributions of {@code n} random pixels and the fall of
 * the score if these are removed, averaged over several {@code n} (Ancona et al., 2018).
 *
 * @param samples how many sets of each size are removed
 * @param shares the sizes of sets, in per cent of the pixels
 * @param baseline what removed pixels become
 * @param sign what of an attribution counts
 * @param score what is watched
 */
public record SensitivityN(
    int samples, List<Double> shares, Imputation baseline, Sign sign, Score score)
    implements Metric {
  private static final Parameter<Integer> SAMPLES =
      Parameter.of(
          "samples",
          ParameterType.wholeNumber(1, 1_000_000),
          20,
          "How many sets of each size are removed.");
  private static final Parameter<List<Double>> SHARES = Shares.parameter(1, 5, 10, 20, 50);
  private static final Parameter<Imputation> BASELINE = Imputation.parameter(Imputation.BLACK);
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.SIGNED);
  private static final Parameter<Score> SCORE = Score.parameter(Score.TARGET);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "sensitivity-n",
          "Sensitivity-n",
          "The correlation between attributions of n random pixels and what removing them costs,"
              + " averaged over n; higher is better, 1 is perfect.",
          "M. Ancona et al.: Towards better understanding of gradient-based attribution methods,"
              + " 2018",
          Direction.HIGHER,
          Effort.OUTPUTS,
          false,
          List.of(SAMPLES, SHARES, BASELINE, SIGN, SCORE),
          values ->
              new SensitivityN(
                  values.get(SAMPLES),
                  values.get(SHARES),
                  values.get(BASELINE),
                  values.get(SIGN),
                  values.get(SCORE)));

  /** Copies the list. */
  public SensitivityN {
    shares = List.copyOf(shares);
  }

  /** The metric with its standard parameters. */
  public static SensitivityN standard() {
    return (SensitivityN) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(SAMPLES, samples)
        .with(SHARES, shares)
        .with(BASELINE, baseline)
        .with(SIGN, sign)
        .with(SCORE, score);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var sets = RandomSets.of(explanation, context, sign, baseline);
    var seed = context.options().seed();
    var seeds = new SplittableRandom(seed).longs(shares.size()).toArray();
    var correlations = new double[shares.size()];
    for (var i = 0; i < correlations.length; i++) {
      var size = Math.max(1, (int) Math.round(sets.places() * shares.get(i) / 100));
      correlations[i] = sets.correlation(score, samples, size, seeds[i]);
    }
    var curve =
        new Curve(
            "share of pixels removed",
            "correlation",
            shares.stream().map(share -> share / 100).toList(),
            RankedRemoval.list(correlations));
    return Measurement.of(Arrays.stream(correlations).average().orElseThrow(), curve).seeded(seed);
  }
}
