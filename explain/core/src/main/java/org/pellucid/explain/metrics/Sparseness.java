package org.pellucid.explain.metrics;

import java.util.Arrays;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;

/**
 * The Gini index of the attributions' magnitudes {@code a₁ ≤ … ≤ aₙ}: {@code Σ (2i − n − 1) aᵢ / (n
 * Σ aᵢ)} (Chalasani et al., 2020). 0 where all are equal or zero, near 1 where a few hold
 * everything.
 */
public final class Sparseness implements Metric {

  @Override
  public String name() {
    return "sparseness";
  }

  @Override
  public String meaning() {
    return "The Gini index of the magnitudes: 0 if all places count alike, near 1 if a few do.";
  }

  @Override
  public double measure(
      Explanation explanation,
      Method method,
      Evaluator evaluator,
      Values input,
      RunOptions options) {
    return of(explanation.values());
  }

  static double of(Values values) {
    var magnitudes = new double[values.length()];
    Arrays.setAll(magnitudes, i -> Math.abs((double) values.get(i)));
    Arrays.sort(magnitudes);
    var weighted = 0.0;
    var sum = 0.0;
    for (var i = 0; i < magnitudes.length; i++) {
      weighted += (2.0 * (i + 1) - magnitudes.length - 1) * magnitudes[i];
      sum += magnitudes[i];
    }
    return sum == 0 ? 0 : weighted / (magnitudes.length * sum);
  }
}
