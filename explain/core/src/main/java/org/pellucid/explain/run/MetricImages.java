package org.pellucid.explain.run;

import java.util.Optional;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Quality;
import org.pellucid.explain.metrics.CurveMetric;
import org.pellucid.explain.metrics.MetricContext;
import org.pellucid.explain.view.ImageResults.CurveImages;

/**
 * The changed images that the curves of a run's metrics were measured at.
 *
 * @param run whose metrics and methods are meant
 */
public record MetricImages(ExplanationRun run) implements CurveImages {
  @Override
  public Optional<Values> at(Values input, Explanation explanation, Quality quality, int point) {
    var method =
        run.methods().stream().filter(m -> m.name().equals(explanation.method())).findFirst();
    var metric = run.metrics().stream().filter(m -> m.name().equals(quality.name())).findFirst();
    return metric
        .filter(CurveMetric.class::isInstance)
        .map(CurveMetric.class::cast)
        .flatMap(
            curve ->
                method.map(
                    maker ->
                        curve.image(
                            explanation,
                            new MetricContext(maker, run.evaluator(), input, run.options()),
                            point)));
  }
}
