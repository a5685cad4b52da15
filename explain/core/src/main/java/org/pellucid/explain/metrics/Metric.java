package org.pellucid.explain.metrics;

import java.util.LinkedHashMap;
import org.pellucid.explain.method.Display;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.explain.method.Quality;

/**
 * Measures an explanation. Implementations are immutable; those of other modules are found through
 * {@link java.util.ServiceLoader} and need a constructor without parameters.
 *
 * <p>Equal attributions are ordered by their place, the first in C order first, unless a metric
 * says otherwise. The same explanation, context and parameters give the same bits, whatever the
 * batch size and the number of threads.
 */
public interface Metric {

  /** What the metric is, with the declaration of its parameters. */
  MetricDescriptor descriptor();

  /** The figure's name on the command line and in files, such as {@code sparseness}. */
  default String name() {
    return descriptor().name();
  }

  /** Its parameters' values. */
  default ParameterValues parameters() {
    return ParameterValues.none();
  }

  /** Whether an explanation is of the kind that it measures: attributions, unless overridden. */
  default boolean applies(Explanation explanation) {
    return explanation.display() == Display.MAP || explanation.display() == Display.SUPERPIXELS;
  }

  /**
   * Measures one explanation, whose values are finite.
   *
   * @throws IllegalArgumentException if the explanation, its target or the context isn't what the
   *     metric needs
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  Measurement measure(Explanation explanation, MetricContext context);

  /**
   * The figure with its name, meaning and all that it depends on; NaN for an explanation that holds
   * NaN or infinite values.
   *
   * @throws IllegalArgumentException if the explanation, its target or the context isn't what the
   *     metric needs
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  default Quality quality(Explanation explanation, MetricContext context) {
    var measured =
        explanation.values().allFinite() ? measure(explanation, context) : Measurement.UNDEFINED;
    var dependsOn = new LinkedHashMap<>(parameters().asMap());
    dependsOn.putAll(measured.circumstances());
    return new Quality(
        name(), measured.value(), descriptor().meaning(), dependsOn, measured.curve());
  }
}
