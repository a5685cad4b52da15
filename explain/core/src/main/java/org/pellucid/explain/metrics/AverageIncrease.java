package org.pellucid.explain.metrics;

import java.util.List;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * Whether the score rises if the input is multiplied by the map (Chattopadhay et al., 2018), with
 * the map's positive part over its largest value; its mean over inputs is the share of those where
 * it does.
 *
 * @param score what is watched
 */
public record AverageIncrease(Score score) implements Metric {
  private static final Parameter<Score> SCORE = Score.parameter(Score.PROBABILITY);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "average-increase",
          "Average increase",
          "1 if the score is higher where the map hides the input, else 0; higher is better.",
          "A. Chattopadhay et al.: Grad-CAM++, generalized gradient-based visual explanations,"
              + " 2018",
          Direction.HIGHER,
          Effort.OUTPUTS,
          false,
          List.of(SCORE),
          values -> new AverageIncrease(values.get(SCORE)));

  /** The metric with its standard parameters. */
  public static AverageIncrease standard() {
    return (AverageIncrease) DESCRIPTOR.standard();
  }

  @Override
  public MetricDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none().with(SCORE, score);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var whole = score.of(explanation, context);
    var hidden = HiddenInput.score(explanation, context, score);
    return Measurement.of(hidden > whole ? 1 : 0);
  }
}
