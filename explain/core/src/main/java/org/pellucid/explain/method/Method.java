package org.pellucid.explain.method;

import java.util.concurrent.CancellationException;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;

/**
 * An explanation method with its parameters: says which parts of an input speak for a target.
 *
 * <p>Implementations are immutable and may be used from several threads at once. The same input,
 * target, parameters and seed give the same bits, whatever the batch size and the number of
 * threads.
 */
public interface Method {

  /** What the method is, with the declaration of its parameters. */
  MethodDescriptor descriptor();

  /** The name of its results in files; another than the descriptor's within a family. */
  default String name() {
    return descriptor().name();
  }

  /** The title of its results. */
  default String title() {
    return descriptor().title();
  }

  /** How to read its results, in a sentence. */
  default String sentence() {
    return descriptor().sentence();
  }

  /** Its parameters' values. */
  default ParameterValues parameters() {
    return ParameterValues.none();
  }

  /** How its values are drawn. */
  default Display display() {
    return Display.MAP;
  }

  /**
   * Finds out whether it can explain a model at all, before it explains any input. A method that
   * has rules for a model's operations runs a pass for that; others can explain any model.
   *
   * @throws IllegalArgumentException if it can't; one sentence names what it has no rule for
   * @throws CancellationException if the thread is interrupted
   */
  default void checkModel(Evaluator evaluator) {}

  /**
   * Explains one input. Begin with {@link Explanation#begin}, which checks the arguments.
   *
   * @throws IllegalArgumentException if the input or the target doesn't fit the model
   * @throws CancellationException if the thread is interrupted
   */
  Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options);
}
