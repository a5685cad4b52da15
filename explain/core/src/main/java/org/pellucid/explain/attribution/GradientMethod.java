package org.pellucid.explain.attribution;

import java.util.concurrent.atomic.AtomicReference;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;

/**
 * A method that makes an input's map of gradients, and so the maps of many inputs in batches.
 * {@link SmoothGrad} averages the maps of noisy inputs around any such method.
 */
public interface GradientMethod extends Method {

  /** The shape of a map: the input's, unless overridden. */
  default long[] mapShape(Evaluator evaluator) {
    return evaluator.model().inputShape();
  }

  /**
   * Makes the maps of many inputs.
   *
   * @param receiver gets one map {@link #mapShape} per input, in the order of the inputs
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  void maps(
      Evaluator evaluator,
      int count,
      Evaluator.Inputs inputs,
      Target target,
      RunOptions options,
      Evaluator.Receiver receiver);

  /** The map of one input. */
  default Values map(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var map = new AtomicReference<Values>();
    maps(
        evaluator,
        1,
        (number, into, offset) -> input.copyTo(into, offset),
        target,
        options.withBatchSize(1),
        (number, values, offset) -> map.set(Values.of(values, mapShape(evaluator))));
    return map.get();
  }

  /** The map of one input, without quality figures unless overridden. */
  @Override
  default Explanation explain(
      Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    return explanation.end(map(evaluator, input, target, options));
  }
}
