package org.pellucid.explain.metrics;

import java.util.Arrays;
import org.pellucid.explain.method.Explanation;

/** An input multiplied by its map: the positive part over its largest value. */
final class HiddenInput {
  private HiddenInput() {}

  /** Its score. */
  static double score(Explanation explanation, MetricContext context, Score score) {
    var input = context.input();
    var weights = AttributionMap.of(explanation.values(), input).pixels(Sign.POSITIVE);
    var largest = Arrays.stream(weights).max().orElseThrow();
    return score
        .of(
            explanation,
            context,
            1,
            (_, into, offset) -> {
              for (var i = 0; i < input.length(); i++) {
                var weight = largest == 0 ? 0 : weights[i % weights.length] / largest;
                into[offset + i] = (float) (input.get(i) * weight);
              }
            })[0];
  }
}
