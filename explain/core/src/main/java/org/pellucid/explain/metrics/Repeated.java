package org.pellucid.explain.metrics;

import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;

/** Explanations by the same method with one thing changed: the input, the target or the model. */
final class Repeated {
  private Repeated() {}

  static Values explain(Explanation explanation, MetricContext context, Values input) {
    return explain(explanation, context, context.evaluator(), input, explanation.target());
  }

  static Values explain(Explanation explanation, MetricContext context, Target target) {
    return explain(explanation, context, context.evaluator(), context.input(), target);
  }

  static Values explain(Explanation explanation, MetricContext context, Evaluator evaluator) {
    return explain(explanation, context, evaluator, context.input(), explanation.target());
  }

  /**
   * With the same random numbers, so that nothing else differs. The metric counts its own steps;
   * without progress the method still ends when it is interrupted.
   */
  private static Values explain(
      Explanation explanation,
      MetricContext context,
      Evaluator evaluator,
      Values input,
      Target target) {
    var options = context.options().withSeed(explanation.seed()).withProgress(Progress.NONE);
    return context.method().explain(evaluator, input, target, options).values();
  }
}
