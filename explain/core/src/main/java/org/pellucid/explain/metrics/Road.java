package org.pellucid.explain.metrics;

import java.util.Arrays;
import java.util.List;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Curve;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * How much more the score suffers from removing the most relevant pixels than from removing the
 * least relevant ones, where removed pixels become the noisy mean of their neighbours, so that the
 * network can't see what was removed (Rong et al., 2022): {@code (f(x without the least) − f(x
 * without the most)) / 2}, averaged over the shares.
 *
 * @param order which pixels are removed
 * @param baseline what removed pixels become
 * @param shares of the pixels, in per cent
 * @param sign what of an attribution counts
 * @param score what is watched
 */
public record Road(Order order, Imputation baseline, List<Double> shares, Sign sign, Score score)
    implements CurveMetric {
  private static final Parameter<Order> ORDER =
      Parameter.of(
          "order",
          ParameterType.choice(Order.class),
          Order.COMBINED,
          "Which pixels are removed: the most relevant first (morf), the least relevant first"
              + " (lerf), or both, compared (combined).");
  private static final Parameter<Imputation> BASELINE =
      Imputation.parameter(new Imputation.NoisyLinear(Imputation.NoisyLinear.STANDARD_NOISE));
  private static final Parameter<List<Double>> SHARES =
      Shares.parameter(10, 20, 30, 40, 50, 60, 70, 80, 90);
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.SIGNED);
  private static final Parameter<Score> SCORE = Score.parameter(Score.PROBABILITY);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "road",
          "ROAD",
          "How much more removing the most relevant pixels hurts than removing the least relevant"
              + " ones; higher is better.",
          "Y. Rong et al.: A consistent and efficient evaluation strategy for attribution methods,"
              + " 2022",
          Direction.HIGHER,
          Effort.OUTPUTS,
          false,
          List.of(ORDER, BASELINE, SHARES, SIGN, SCORE),
          values ->
              new Road(
                  values.get(ORDER),
                  values.get(BASELINE),
                  values.get(SHARES),
                  values.get(SIGN),
                  values.get(SCORE)));

  /** Which pixels are removed. */
  public enum Order {
    /** The most relevant first; the figure is how far the score falls. */
    MORF,
    /** The least relevant first; the figure is how far the score rises. */
    LERF,
    /** Half of the difference between both. */
    COMBINED;

    private String what(String score) {
      return switch (this) {
        case MORF -> "fall of " + score;
        case LERF -> "rise of " + score;
        case COMBINED -> "half the difference of " + score;
      };
    }
  }

  /** Copies the list. */
  public Road {
    shares = List.copyOf(shares);
  }

  /** The metric with its standard parameters. */
  public static Road standard() {
    return (Road) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(ORDER, order)
        .with(BASELINE, baseline)
        .with(SHARES, shares)
        .with(SIGN, sign)
        .with(SCORE, score);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var whole = score.of(explanation, context);
    var most = order == Order.LERF ? new double[0] : scores(explanation, context, false);
    var least = order == Order.MORF ? new double[0] : scores(explanation, context, true);
    var values = new double[shares.size()];
    Arrays.setAll(
        values,
        i ->
            switch (order) {
              case MORF -> whole - most[i];
              case LERF -> least[i] - whole;
              case COMBINED -> (least[i] - most[i]) / 2;
            });
    var positions = shares.stream().map(share -> share / 100).toList();
    var curve =
        new Curve(
            "share of pixels removed",
            order.what(score.name(explanation)),
            positions,
            RankedRemoval.list(values));
    return Measurement.of(Arrays.stream(values).average().orElseThrow(), curve)
        .seeded(context.options().seed());
  }

  private double[] scores(Explanation explanation, MetricContext context, boolean leastFirst) {
    var removal = removal(explanation, context, leastFirst);
    var counts = counts(removal);
    return score.of(
        explanation,
        context,
        counts.length,
        (number, into, offset) -> removal.without(counts[number], into, offset));
  }

  private RankedRemoval removal(
      Explanation explanation, MetricContext context, boolean leastFirst) {
    var pixels = AttributionMap.of(explanation.values(), context.input()).pixels(sign);
    return RankedRemoval.of(context, leastFirst ? negated(pixels) : pixels, baseline);
  }

  private int[] counts(RankedRemoval removal) {
    return Shares.counts(shares, removal.ranks().length);
  }

  private static double[] negated(double[] numbers) {
    return Arrays.stream(numbers).map(number -> 0.0 - number).toArray();
  }

  /** Of both orders the most relevant first, unless the metric is of the other order alone. */
  @Override
  public Values image(Explanation explanation, MetricContext context, int point) {
    var removal = removal(explanation, context, order == Order.LERF);
    return removal.image(counts(removal), point, false);
  }
}
