package example;

import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.metrics.Metric;

/** A metric of one's own: the share of the largest value among all magnitudes. */
public final class LargestShare implements Metric {
  @Override
  public String name() {
    return "largest-share";
  }

  @Override
  public String meaning() {
    return "The largest magnitude divided by the sum of all; 1 if one place holds everything.";
  }

  @Override
  public double measure(
      Explanation explanation,
      Method method,
      Evaluator evaluator,
      Values input,
      RunOptions options) {
    var sum = 0.0;
    var largest = 0.0;
    for (var i = 0; i < explanation.values().length(); i++) {
      var magnitude = Math.abs(explanation.values().get(i));
      sum += magnitude;
      largest = Math.max(largest, magnitude);
    }
    return sum == 0 ? 0 : largest / sum;
  }
}
