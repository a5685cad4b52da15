package org.pellucid.explain.attribution;

import java.util.List;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;

/**
 * The input times the gradient of the score, the first term of the score's Taylor series at zero
 * (Shrikumar et al., 2016). For a network of convolutions and ReLUs without biases the attributions
 * sum to the score.
 */
public record InputTimesGradient() implements GradientMethod {
  /** The method, which has no parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
              "input-x-gradient",
              "Input × gradient",
              "The gradient times the input: how much each value of the input adds to the score;"
                  + " red speaks for the class, blue against it.",
              "A. Shrikumar et al.: Not just a black box, 2016",
              new Guidance(
                  "How much would each value of the image contribute if the network were linear"
                      + " near it?",
                  "One forward and one backward pass.",
                  "Black pixels get nothing, whatever they mean, since they are multiplied by zero;"
                      + " the sum is the score only for networks without biases."),
              List.of(),
              (values, model) -> List.of(new InputTimesGradient()))
          .texts(MethodDescriptor.TextInput.EMBEDDINGS);

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
    var input = new double[evaluator.inputSize()];
    var product = new double[input.length];
    evaluator.gradients(
        count,
        inputs,
        target,
        options,
        (number, gradient, offset) -> {
          inputs.write(number, input);
          for (var i = 0; i < product.length; i++) {
            product[i] = input[i] * gradient[offset + i];
          }
          receiver.accept(number, product, 0);
        });
  }
}
