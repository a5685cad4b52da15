package org.pellucid.explain.metrics;

import java.util.Arrays;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;

/** The number that is watched while inputs change. */
public enum Score {
  /**
   * The softmax of all outputs at the target, where the target is one of several outputs; else the
   * target's own number.
   */
  PROBABILITY,
  /** The target's own number, such as a logit. */
  TARGET;

  static Parameter<Score> parameter(Score standard) {
    return Parameter.of(
        "score",
        ParameterType.choice(Score.class),
        standard,
        "What is watched: the target's probability, or its own number, such as a logit.");
  }

  private Target watched(Target target, int outputs) {
    return this == PROBABILITY && target instanceof Target.Output(var index) && outputs > 1
        ? new Target.Probability(index)
        : target;
  }

  /** What a curve calls it. */
  String name(Explanation explanation) {
    return watched(explanation.target(), explanation.outputs().length()).text();
  }

  /** The number for the explained input. */
  double of(Explanation explanation, MetricContext context) {
    return of(explanation, context, 1, (_, into, offset) -> context.input().copyTo(into, offset))[
        0];
  }

  /** The numbers for changed inputs, in their order. */
  double[] of(Explanation explanation, MetricContext context, int count, Evaluator.Inputs inputs) {
    var evaluator = context.evaluator();
    evaluator.checkTarget(explanation.target());
    var outputs = evaluator.model().outputs();
    var watched = watched(explanation.target(), outputs);
    var scores = new double[count];
    evaluator.outputs(
        count,
        inputs,
        context.options(),
        (number, row, offset) ->
            scores[number] = watched.of(Arrays.copyOfRange(row, offset, offset + outputs)));
    return scores;
  }
}
