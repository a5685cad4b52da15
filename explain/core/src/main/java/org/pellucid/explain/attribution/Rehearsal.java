package org.pellucid.explain.attribution;

import java.util.Random;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.PreciseInputs;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;

/** A pass for the sake of what it refuses: whether a method has rules for a model, runs show. */
final class Rehearsal {
  private Rehearsal() {}

  /**
   * Explains the first output for noise in 0..1.
   *
   * @throws IllegalArgumentException if the method has no rule for an operation of the model
   */
  static void of(GradientMethod method, Evaluator evaluator) {
    var random = new Random(0);
    var noise = random.doubles(evaluator.inputSize()).toArray();
    method.maps(
        evaluator,
        1,
        PreciseInputs.same(noise),
        Target.output(0),
        RunOptions.standard().withBatchSize(1),
        (_, _, _) -> {});
  }
}
