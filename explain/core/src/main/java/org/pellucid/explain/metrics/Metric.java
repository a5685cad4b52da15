package org.pellucid.explain.metrics;

import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.Quality;

/**
 * Measures an explanation. Implementations are immutable; those of other modules are found through
 * {@link java.util.ServiceLoader} and need a constructor without parameters.
 */
public interface Metric {

  /** The figure's name on the command line and in files, such as {@code sparseness}. */
  String name();

  /** What the figure says and which values are good, in a sentence. */
  String meaning();

  /**
   * Measures one explanation.
   *
   * @param method that made it, for metrics that explain changed inputs
   * @param input the explained input
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  double measure(
      Explanation explanation,
      Method method,
      Evaluator evaluator,
      Values input,
      RunOptions options);

  /** The figure with its name and meaning. */
  default Quality quality(
      Explanation explanation,
      Method method,
      Evaluator evaluator,
      Values input,
      RunOptions options) {
    return new Quality(name(), measure(explanation, method, evaluator, input, options), meaning());
  }
}
