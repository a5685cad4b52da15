package org.pellucid.explain.attribution;

import java.util.List;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;

/**
 * The gradient where each rectifier passes back only what is positive, and only where it was active
 * (Springenberg et al., 2014): {@code g ↦ max(g, 0) f′(x)} where {@code f(x) > 0}, else 0. ReLU's
 * relatives are treated alike, GELU and SiLU too; networks with tanh or sigmoid layers are refused.
 */
public record GuidedBackprop() implements GradientMethod {
  private static final String TITLE = "Guided backpropagation";

  /** The method, which has no parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "guided-backprop",
          TITLE,
          "The gradient, passed back by active ReLUs and only where it is positive: sharp outlines"
              + " of what speaks for the class.",
          "J. T. Springenberg et al.: Striving for simplicity, the all convolutional net, 2014",
          new Guidance(
              "Which outlines does what speaks for the class consist of?",
              "One forward and one backward pass.",
              "It shows the outlines of the image whatever the class, and hardly changes when the"
                  + " network's last layers are replaced by random ones."),
          List.of(),
          (values, model) -> List.of(new GuidedBackprop()));

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public void checkModel(Evaluator evaluator) {
    Rehearsal.of(this, evaluator);
  }

  @Override
  public void maps(
      Evaluator evaluator,
      int count,
      Evaluator.Inputs inputs,
      Target target,
      RunOptions options,
      Evaluator.Receiver receiver) {
    evaluator
        .withRules(new RectifierRules(TITLE, true))
        .gradients(count, inputs, target, options, receiver);
  }
}
