package example;

import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.metrics.Measurement;
import org.pellucid.explain.metrics.Metric;
import org.pellucid.explain.metrics.MetricContext;
import org.pellucid.explain.metrics.MetricDescriptor;
import org.pellucid.explain.metrics.MetricDescriptor.Direction;

/** A metric of one's own: the share of the largest value among all magnitudes. */
public final class LargestShare implements Metric {
  @Override
  public MetricDescriptor descriptor() {
    return MetricDescriptor.of(
        "largest-share",
        "Largest share",
        "The largest magnitude divided by the sum of all; 1 if one place holds everything.",
        Direction.NEITHER,
        this);
  }

  @Override
  public Measurement measure(Explanation explanation, MetricContext context) {
    var sum = 0.0;
    var largest = 0.0;
    for (var i = 0; i < explanation.values().length(); i++) {
      var magnitude = Math.abs(explanation.values().get(i));
      sum += magnitude;
      largest = Math.max(largest, magnitude);
    }
    return Measurement.of(sum == 0 ? 0 : largest / sum);
  }
}
