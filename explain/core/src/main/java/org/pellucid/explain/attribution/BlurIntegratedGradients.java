package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.PreciseInputs;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Guidance;
import org.pellucid.explain.method.MethodDescriptor;
import org.pellucid.explain.method.Parameter;
import org.pellucid.explain.method.ParameterType;
import org.pellucid.explain.method.ParameterValues;
import org.pellucid.models.vision.GaussianBlur;
import org.pellucid.models.vision.GaussianBlur.Border;

/**
 * {@code −∫ ∇F(x_σ) ⊙ ∂x_σ/∂σ dσ}: the gradient of the score integrated while the image {@code x_σ}
 * becomes sharp out of a blur of width {@code σ} (Xu, Venugopalan and Sundararajan, 2020; the steps
 * are those of PAIR's saliency library: evenly spaced widths from 0 on, the change with the width
 * by a difference of 0.01, zeros beyond the edge). The attributions sum to the difference of the
 * scores of the image and its widest blur; how far they miss it is reported as {@code
 * convergenceDelta}.
 *
 * @param steps the number of widths
 * @param maxSigma the widest blur's standard deviation in pixels
 */
public record BlurIntegratedGradients(int steps, double maxSigma) implements GradientMethod {
  private static final double DIFFERENCE = 0.01;

  private static final Parameter<Integer> STEPS =
      Parameter.of(
          "steps", ParameterType.wholeNumber(1, 100_000), 100, "The number of widths of the blur.");
  private static final Parameter<Double> MAX_SIGMA =
      Parameter.of(
          "max-sigma",
          ParameterType.positiveNumber(),
          50.0,
          "The widest blur's standard deviation in pixels.");

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "blur-ig",
          "Blur Integrated Gradients",
          "The gradient integrated while the image becomes sharp out of a blur; red speaks for the"
              + " class, blue against it.",
          "S. Xu, S. Venugopalan, M. Sundararajan: Attribution in scale and space, 2020",
          new Guidance(
              "Which details speak for the class as they appear out of a blur?",
              "A forward and a backward pass for each of the steps, and two forward passes.",
              "What the widest blur still shows is left out. It gives no single baseline's answer:"
                  + " the difference is to a blurred image, which may have a score of its own."),
          List.of(STEPS, MAX_SIGMA),
          (values, model) ->
              List.of(new BlurIntegratedGradients(values.get(STEPS), values.get(MAX_SIGMA))));

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if there is no step or no blur
   */
  public BlurIntegratedGradients {
    check(steps > 0, "Blur Integrated Gradients need at least one step, not %d", steps);
    check(
        maxSigma > 0 && Double.isFinite(maxSigma),
        "The widest blur is %s pixels, but must be a number above 0",
        maxSigma);
  }

  /** PAIR's standard: 100 widths up to 50 pixels. */
  public static BlurIntegratedGradients standard() {
    return new BlurIntegratedGradients(100, 50);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none().with(STEPS, steps).with(MAX_SIGMA, maxSigma);
  }

  @Override
  public void maps(
      Evaluator evaluator,
      int count,
      Evaluator.Inputs inputs,
      Target target,
      RunOptions options,
      Evaluator.Receiver receiver) {
    checkImages(evaluator);
    SingleInputs.maps(
        evaluator, count, inputs, receiver, input -> sharpened(evaluator, input, target, options));
  }

  private static void checkImages(Evaluator evaluator) {
    var axes = evaluator.model().inputShape().length;
    check(
        axes == 3,
        "Blur Integrated Gradients explain images, but this input has %d axes; choose"
            + " integrated-gradients",
        axes);
  }

  private static double[] blurred(Evaluator evaluator, double[] input, double sigma) {
    var shape = evaluator.model().inputShape();
    return new GaussianBlur(sigma, Border.BLACK).of(input, (int) shape[1], (int) shape[2]);
  }

  private double[] sharpened(
      Evaluator evaluator, double[] input, Target target, RunOptions options) {
    var sum = new double[input.length];
    var chunk = Math.min(steps, evaluator.batchSize(options, true));
    for (var done = 0; done < steps; done += chunk) {
      options.progress().step(done, steps);
      var first = done;
      var images = new double[Math.min(chunk, steps - done)][];
      var changes = new double[images.length][];
      evaluator
          .engine()
          .parallel(
              images.length,
              k -> {
                var sigma = (first + k) * maxSigma / steps;
                images[k] = blurred(evaluator, input, sigma);
                changes[k] = blurred(evaluator, input, sigma + DIFFERENCE);
              });
      evaluator.gradients(
          images.length,
          new PreciseInputs(
              input.length, (k, into) -> System.arraycopy(images[k], 0, into, 0, into.length)),
          target,
          options.withProgress(Progress.NONE),
          (k, gradient, offset) -> {
            for (var i = 0; i < sum.length; i++) {
              var change = (changes[k][i] - images[k][i]) / DIFFERENCE;
              sum[i] -= maxSigma / steps * change * gradient[offset + i];
            }
          });
    }
    options.progress().step(steps, steps);
    return sum;
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    checkImages(evaluator);
    var map = sharpened(evaluator, input.toDoubles(), target, options);
    var widest = blurred(evaluator, input.toDoubles(), maxSigma);
    var difference =
        evaluator.score(target, input) - evaluator.score(target, Values.of(widest, input.shape()));
    return explanation
        .completeness(
            Arrays.stream(map).sum(),
            difference,
            "The score of the image minus that of its widest blur.")
        .end(Values.of(map, input.shape()));
  }
}
