package org.pellucid.explain.attribution;

import java.util.List;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;

/**
 * The gradient of the score as it is, with its sign and shaped like the input: what {@link
 * Saliency} shows of an image is made of it. For tables, signals and values inside of a network.
 */
public record Gradient() implements GradientMethod {
  /** The method, which has no parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "gradient",
          "Gradient",
          "How much the score grows with each number of the input.",
          "D. Baehrens et al.: How to explain individual classification decisions, 2010",
          new Guidance(
              "How does the score change with a small change of each number?",
              "One forward and one backward pass.",
              "It tells where the score is sensitive, not what the score is made of; numbers of"
                  + " different units can't be compared."),
          List.of(),
          (values, model) -> List.of(new Gradient()));

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public void maps(
      Evaluator evaluator,
      int count,
      Evaluator.Inputs inputs,
      Target target,
      RunOptions options,
      Evaluator.Receiver receiver) {
    evaluator.gradients(count, inputs, target, options, receiver);
  }
}
