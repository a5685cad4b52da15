package org.pellucid.explain;

import org.pellucid.engine.Engine;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.models.Model;
import org.pellucid.models.vision.Image;
import org.pellucid.models.vision.ImageTensors;
import org.pellucid.models.vision.Preprocessing;

/**
 * Explains inputs of one model; the simplest entry point:
 *
 * <pre>{@code
 * var explanation =
 *     Explainer.of(model).explain(image, IntegratedGradients.steps(50), Target.predicted());
 * }</pre>
 *
 * <p>Immutable, and safe to use from several threads. It doesn't close the model.
 */
public final class Explainer {
  private final Evaluator evaluator;
  private final RunOptions options;
  private final Preprocessing preprocessing;

  private Explainer(Evaluator evaluator, RunOptions options, Preprocessing preprocessing) {
    this.evaluator = evaluator;
    this.options = options;
    this.preprocessing = preprocessing;
  }

  /** Explains a model on the standard engine. */
  public static Explainer of(Model model) {
    return of(Engine.standard(), model);
  }

  /** Explains a model on an engine of the caller's. */
  public static Explainer of(Engine engine, Model model) {
    return new Explainer(
        new Evaluator(engine, model), RunOptions.standard(), Preprocessing.standard());
  }

  /** This explainer with other options: batch size, seed, progress. */
  public Explainer with(RunOptions other) {
    return new Explainer(evaluator, other, preprocessing);
  }

  /**
   * This explainer with another way to bring images to the model's size. Normalisation is the
   * model's own: see {@link org.pellucid.models.nn.ConvolutionalNetwork#normalised}.
   */
  public Explainer with(Preprocessing other) {
    return new Explainer(evaluator, options, other);
  }

  /** What runs the model. */
  public Evaluator evaluator() {
    return evaluator;
  }

  /** The model's outputs for an input, {@code [outputs]}. */
  public Values outputs(Values input) {
    return evaluator.outputs(input);
  }

  /**
   * An image as the model's input, stretched to its size unless another preprocessing was given.
   *
   * @throws IllegalArgumentException if the model doesn't take images of one or three channels
   */
  public Values input(Image image) {
    var shape = evaluator.model().inputShape();
    return Values.of(ImageTensors.of(image, preprocessing, shape), shape);
  }

  /**
   * Explains one image, brought to the model's size.
   *
   * @throws IllegalArgumentException if the model doesn't take images or has no such target
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public Explanation explain(Image image, Method method, Target target) {
    return explain(input(image), method, target);
  }

  /**
   * Explains one input.
   *
   * @throws IllegalArgumentException if the input or the target doesn't fit the model
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public Explanation explain(Values input, Method method, Target target) {
    var resolved =
        target instanceof Target.Predicted ? target.resolve(evaluator.outputs(input)) : target;
    return method.explain(evaluator, input, resolved, options);
  }
}
