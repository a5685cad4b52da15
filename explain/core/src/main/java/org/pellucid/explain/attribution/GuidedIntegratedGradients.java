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

/**
 * The gradient of the score integrated along a path from a baseline to the input that moves those
 * values first whose gradients are smallest, so that it keeps out of regions where the score is
 * noisy (Kapishnikov et al., 2021; the steps are those of PAIR's saliency library). At every step
 * the path stays near the straight line, and covers as much of the distance as that would. The
 * attributions sum to the difference of the two scores; how far they miss it is reported as {@code
 * convergenceDelta}.
 *
 * @param steps of the path
 * @param fraction of the values that move at a time
 * @param maxDistance how far values may be ahead of the straight line or behind, as a part of it
 * @param baseline where the path begins
 */
public record GuidedIntegratedGradients(
    int steps, double fraction, double maxDistance, Baseline baseline) implements BaselineMethod {
  private static final Parameter<Integer> STEPS =
      Parameter.of(
          "steps", ParameterType.wholeNumber(1, 100_000), 200, "The number of steps of the path.");
  private static final Parameter<Double> FRACTION =
      Parameter.of(
          "fraction",
          ParameterType.number(0, 1),
          0.25,
          "The part of the values, those of the smallest gradients, that moves at a time.");
  private static final Parameter<Double> MAX_DISTANCE =
      Parameter.of(
          "max-distance",
          ParameterType.number(0, 1),
          0.02,
          "How far values may be ahead of the straight line or behind it, as a part of it; with 0"
              + " the path is straight.");
  private static final Parameter<Baseline> BASELINE =
      Parameter.of("baseline", Baseline.TYPE, Baseline.BLACK, "Where the path begins.");

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "guided-ig",
          "Guided Integrated Gradients",
          "The gradient integrated along a path from a baseline to the image that avoids noisy"
              + " regions; red speaks for the class, blue against it.",
          "A. Kapishnikov et al.: Guided Integrated Gradients, an adaptive path method for removing"
              + " noise, 2021",
          new Guidance(
              "How is the difference between the scores of the image and of a baseline shared,"
                  + " leaving out what only the way between them stirs up?",
              "A forward and a backward pass for each of the steps, one after another, and two"
                  + " forward passes.",
              "The path depends on the network, so maps of two networks can't be compared value by"
                  + " value. Values that equal the baseline get nothing."),
          List.of(STEPS, FRACTION, MAX_DISTANCE, BASELINE),
          (values, model) ->
              List.of(
                  new GuidedIntegratedGradients(
                      values.get(STEPS),
                      values.get(FRACTION),
                      values.get(MAX_DISTANCE),
                      values.get(BASELINE).resolved(model))));

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if there is no step, or a part is not from 0 to 1
   */
  public GuidedIntegratedGradients {
    check(steps > 0, "Guided Integrated Gradients need at least one step, not %d", steps);
    check(
        fraction >= 0 && fraction <= 1,
        "The part of the values that moves is %s, but must be a number from 0 to 1",
        fraction);
    check(
        maxDistance >= 0 && maxDistance <= 1,
        "The distance from the straight line is %s, but must be a number from 0 to 1",
        maxDistance);
  }

  /** PAIR's standard: 200 steps, a quarter of the values, a distance of 0.02, from black. */
  public static GuidedIntegratedGradients standard() {
    return new GuidedIntegratedGradients(200, 0.25, 0.02, Baseline.BLACK);
  }

  @Override
  public GuidedIntegratedGradients withBaseline(Baseline other) {
    return new GuidedIntegratedGradients(steps, fraction, maxDistance, other);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(STEPS, steps)
        .with(FRACTION, fraction)
        .with(MAX_DISTANCE, maxDistance)
        .with(BASELINE, baseline);
  }

  @Override
  public void maps(
      Evaluator evaluator,
      int count,
      Evaluator.Inputs inputs,
      Target target,
      RunOptions options,
      Evaluator.Receiver receiver) {
    SingleInputs.maps(
        evaluator,
        count,
        inputs,
        receiver,
        input -> {
          var origin = baseline.of(input, evaluator.model().inputShape(), options.seed());
          return along(evaluator, origin, input, target, options);
        });
  }

  private double[] along(
      Evaluator evaluator, double[] origin, double[] input, Target target, RunOptions options) {
    var path = new GuidedPath(origin, input, fraction, maxDistance);
    var gradient = new double[input.length];
    for (var step = 1; step <= steps && !path.isPoint(); step++) {
      options.progress().step(step - 1, steps);
      evaluator.gradients(
          1,
          PreciseInputs.same(path.position()),
          target,
          options.withProgress(Progress.NONE),
          (_, row, offset) -> System.arraycopy(row, offset, gradient, 0, gradient.length));
      path.advance(gradient, (double) step / steps);
    }
    options.progress().step(steps, steps);
    return path.attributions();
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    var origin = baseline.of(input.toDoubles(), input.shape(), options.seed());
    var map = along(evaluator, origin, input.toDoubles(), target, options);
    var difference =
        evaluator.score(target, input) - evaluator.score(target, Values.of(origin, input.shape()));
    return explanation
        .completeness(Arrays.stream(map).sum(), difference)
        .end(Values.of(map, input.shape()));
  }
}
