package org.pellucid.explain.metrics;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Optional;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Method;

/**
 * What a metric knows beside the explanation.
 *
 * @param method that made it, for metrics that explain changed inputs or models
 * @param evaluator of the explained model
 * @param input the explained input
 * @param mask of the object in it, if it is known
 * @param options batch size, seed of the random numbers, and progress
 */
public record MetricContext(
    Method method, Evaluator evaluator, Values input, Optional<Mask> mask, RunOptions options) {

  /** A context without a mask. */
  public MetricContext(Method method, Evaluator evaluator, Values input, RunOptions options) {
    this(method, evaluator, input, Optional.empty(), options);
  }

  /** The mask for a map, checked against its size. */
  Mask maskOf(AttributionMap map, String metric) {
    check(
        mask.isPresent(),
        "%s compares the map with a mask of the object, but the input has none; give masks or leave"
            + " the metric out",
        metric);
    var known = mask.get();
    check(
        known.height() == map.height() && known.width() == map.width(),
        "The mask is of %d x %d pixels, but the map of %d x %d; bring both to the model's size",
        known.height(),
        known.width(),
        map.height(),
        map.width());
    check(known.count() > 0, "The mask marks no pixel; give one that marks the object");
    return known;
  }
}
