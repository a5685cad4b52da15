package org.pellucid.explain.attribution;

import java.util.List;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;

/**
 * The gradient where each rectifier passes back only what is positive, whether it was active or not
 * (Zeiler and Fergus, 2014): {@code g ↦ max(g, 0)}. ReLU's relatives are treated alike, GELU and
 * SiLU too; networks with tanh or sigmoid layers are refused.
 */
public record Deconvolution() implements GradientMethod {
  private static final String TITLE = "Deconvolution";

  /** The method, which has no parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "deconvolution",
          TITLE,
          "The gradient, passed back by all ReLUs alike and only where it is positive.",
          "M. D. Zeiler, R. Fergus: Visualizing and understanding convolutional networks, 2014",
          new Guidance(
              "Which pattern in the image would drive the class, as a transposed network draws it?",
              "One forward and one backward pass.",
              "Only the winners of max pooling tie it to this image: without pooling the map hardly"
                  + " depends on the image, nor on the class."),
          List.of(),
          (values, model) -> List.of(new Deconvolution()));

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
        .withRules(new RectifierRules(TITLE, false))
        .gradients(count, inputs, target, options, receiver);
  }
}
