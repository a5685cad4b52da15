package org.pellucid.explain.metrics;

import java.util.List;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * How much of the score is lost if the most relevant pixels, or words of a text, are removed:
 * {@code f(x) − f(x without these)}, averaged over the shares (DeYoung et al., 2020).
 *
 * @param baseline what removed pixels become
 * @param shares of the pixels, in per cent
 * @param sign what of an attribution counts
 * @param score what is watched
 */
public record Comprehensiveness(Imputation baseline, List<Double> shares, Sign sign, Score score)
    implements CurveMetric {
  private static final Parameter<Imputation> BASELINE =
      Imputation.parameter(new Imputation.Blurred(0));
  private static final Parameter<List<Double>> SHARES = Shares.parameter(1, 5, 10, 20, 50);
  private static final Parameter<Sign> SIGN = Sign.parameter(Sign.SIGNED);
  private static final Parameter<Score> SCORE = Score.parameter(Score.PROBABILITY);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "comprehensiveness",
          "Comprehensiveness",
          "How far the score falls if the most relevant pixels or words are removed; higher is"
              + " better.",
          "J. DeYoung et al.: ERASER, a benchmark to evaluate rationalized NLP models, 2020",
          Direction.HIGHER,
          Effort.OUTPUTS,
          false,
          List.of(BASELINE, SHARES, SIGN, SCORE),
          values ->
              new Comprehensiveness(
                  values.get(BASELINE), values.get(SHARES), values.get(SIGN), values.get(SCORE)));

  /** Copies the list. */
  public Comprehensiveness {
    shares = List.copyOf(shares);
  }

  /** The metric with its standard parameters. */
  public static Comprehensiveness standard() {
    return (Comprehensiveness) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(BASELINE, baseline)
        .with(SHARES, shares)
        .with(SIGN, sign)
        .with(SCORE, score);
  }

  private RankedRemoval removal(Explanation explanation, MetricContext context) {
    return RankedRemoval.ofPixels(explanation, context, sign, baseline);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    return removal(explanation, context)
        .fall(explanation, context, score, shares, "share of pixels removed", false);
  }

  @Override
  public Values image(Explanation explanation, MetricContext context, int point) {
    var removal = removal(explanation, context);
    return removal.image(Shares.counts(shares, removal.ranks().length), point, false);
  }
}
