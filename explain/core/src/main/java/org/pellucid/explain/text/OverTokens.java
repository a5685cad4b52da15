package org.pellucid.explain.text;

import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Display;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.ParameterValues;

/**
 * A method of word embeddings whose map holds the sum over each token's embedding, {@code
 * [tokens]}, so that metrics which explain again compare what a reader sees.
 */
record OverTokens(Method method) implements Method {

  @Override
  public MethodDescriptor descriptor() {
    return method.descriptor();
  }

  @Override
  public String name() {
    return method.name();
  }

  @Override
  public ParameterValues parameters() {
    return method.parameters();
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var found = method.explain(evaluator, input, target, options);
    return withValues(found, sums(found.values()));
  }

  static Values sums(Values values) {
    var size = values.size(1);
    var sums = new double[values.size(0)];
    for (var i = 0; i < values.length(); i++) {
      sums[i / size] += values.get(i);
    }
    return Values.of(sums, sums.length);
  }

  /** An explanation with another map. */
  static Explanation withValues(Explanation found, Values values) {
    return new Explanation(
        found.method(),
        values,
        Display.MAP,
        found.target(),
        found.outputs(),
        found.parameters(),
        found.seed(),
        found.drawn(),
        found.quality(),
        found.details(),
        found.seconds());
  }
}
