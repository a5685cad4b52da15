package org.pellucid.explain.metrics;

import java.util.List;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;
import org.pellucid.explain.metrics.MetricDescriptor.Effort;

/**
 * The share of the score that is lost if the input is multiplied by the map: {@code max(0, f(x) −
 * f(x · m)) / f(x)} (Chattopadhay et al., 2018), with the map's positive part over its largest
 * value.
 *
 * @param score what is watched
 */
public record AverageDrop(Score score) implements Metric {
  private static final Parameter<Score> SCORE = Score.parameter(Score.PROBABILITY);

  /** The metric with its parameters. */
  public static final MetricDescriptor DESCRIPTOR =
      new MetricDescriptor(
          "average-drop",
          "Average drop",
          "The share of the score that is lost where the map hides the input; lower is better.",
          "A. Chattopadhay et al.: Grad-CAM++, generalized gradient-based visual explanations,"
              + " 2018",
          Direction.LOWER,
          Effort.OUTPUTS,
          false,
          List.of(SCORE),
          values -> new AverageDrop(values.get(SCORE)));

  /** The metric with its standard parameters. */
  public static AverageDrop standard() {
    return (AverageDrop) DESCRIPTOR.standard();
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
    return Measurement.of(whole == 0 ? Double.NaN : Math.max(0, whole - hidden) / whole);
  }
}
