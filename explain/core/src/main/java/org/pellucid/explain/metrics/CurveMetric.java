package org.pellucid.explain.metrics;

import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;

/** A metric whose curve is measured on changed inputs, which can be looked at. */
public interface CurveMetric extends Metric {

  /**
   * The changed input behind a point of the curve; the same explanation, input, parameters and seed
   * give the one that was measured.
   *
   * @param point from 0
   * @throws IllegalArgumentException if the curve has no such point
   */
  Values image(Explanation explanation, MetricContext context, int point);
}
