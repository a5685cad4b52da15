package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import org.pellucid.explain.evaluation.Evaluator;
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
 * The gradient of the score integrated along the straight line from a baseline to the input
 * (Sundararajan, Taly and Yan, 2017). Multiplied by input minus baseline, the attributions sum to
 * the difference of the two scores; how far they miss it is reported as {@code convergenceDelta}.
 *
 * @param steps the number of positions on the line
 * @param rule where they lie and what they weigh
 * @param baseline where the line begins
 * @param timesInput whether the integral is multiplied by input minus baseline
 */
public record IntegratedGradients(
    int steps, QuadratureRule rule, Baseline baseline, boolean timesInput)
    implements BaselineMethod {
  private static final Parameter<Integer> STEPS =
      Parameter.of(
              "steps",
              ParameterType.wholeNumber(1, 100_000),
              50,
              "The number of positions on the line.")
          .homework(10);
  private static final Parameter<QuadratureRule> RULE =
      Parameter.of(
              "rule",
              ParameterType.choice(QuadratureRule.class),
              QuadratureRule.GAUSS_LEGENDRE,
              "Where the positions lie and what they weigh.")
          .homework(QuadratureRule.LEFT);
  private static final Parameter<Baseline> BASELINE =
      Parameter.of("baseline", Baseline.TYPE, Baseline.BLACK, "Where the line begins.");
  private static final Parameter<Boolean> TIMES_INPUT =
      Parameter.of(
              "times-input",
              ParameterType.trueOrFalse(),
              true,
              "Whether the integral is multiplied by input minus baseline.")
          .homework(false);

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
          "integrated-gradients",
          "Integrated Gradients",
          "The gradient integrated on the line from a baseline to the image; red speaks for the"
              + " class, blue against it.",
          "M. Sundararajan, A. Taly, Q. Yan: Axiomatic attribution for deep networks, 2017",
          new Guidance(
              "How is the difference between the scores of the image and of a baseline shared among"
                  + " its values?",
              "A forward and a backward pass for each of the steps, and two forward passes.",
              "Values that equal the baseline get nothing: from black, dark objects stay blank."
                  + " Where the convergence delta is not small, more steps are needed."),
          List.of(STEPS, RULE, BASELINE, TIMES_INPUT),
          (values, model) ->
              List.of(
                  new IntegratedGradients(
                      values.get(STEPS),
                      values.get(RULE),
                      values.get(BASELINE),
                      values.get(TIMES_INPUT))));

  /**
   * Checks the number of steps.
   *
   * @throws IllegalArgumentException if there are too few for the rule
   */
  public IntegratedGradients {
    check(steps > 0, "Integrated gradients need at least one step, not %d", steps);
    rule.nodes(steps);
  }

  /** 50 Gauss–Legendre positions from black, multiplied by the input. */
  public static IntegratedGradients standard() {
    return steps(50);
  }

  /** Gauss–Legendre positions from black, multiplied by the input. */
  public static IntegratedGradients steps(int steps) {
    return new IntegratedGradients(steps, QuadratureRule.GAUSS_LEGENDRE, Baseline.BLACK, true);
  }

  /** The homework's definition: 10 left positions from black, not multiplied by the input. */
  public static IntegratedGradients homework() {
    return new IntegratedGradients(10, QuadratureRule.LEFT, Baseline.BLACK, false);
  }

  /** This method with another rule. */
  public IntegratedGradients withRule(QuadratureRule other) {
    return new IntegratedGradients(steps, other, baseline, timesInput);
  }

  @Override
  public IntegratedGradients withBaseline(Baseline other) {
    return new IntegratedGradients(steps, rule, other, timesInput);
  }

  /** This method with or without multiplication by input minus baseline. */
  public IntegratedGradients withTimesInput(boolean multiplied) {
    return new IntegratedGradients(steps, rule, baseline, multiplied);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none()
        .with(STEPS, steps)
        .with(RULE, rule)
        .with(BASELINE, baseline)
        .with(TIMES_INPUT, timesInput);
  }

  @Override
  public long[] mapShape(Evaluator evaluator) {
    return evaluator.model().inputShape();
  }

  @Override
  public void maps(
      Evaluator evaluator,
      int count,
      Evaluator.Inputs inputs,
      Target target,
      RunOptions options,
      Evaluator.Receiver receiver) {
    var shape = evaluator.model().inputShape();
    var numbers = new float[evaluator.inputSize()];
    for (var number = 0; number < count; number++) {
      inputs.write(number, numbers, 0);
      var input = Values.of(numbers, shape);
      var origin = baseline.of(input, options.seed());
      var integral = integral(evaluator, input, origin, target, options);
      receiver.accept(number, timesInput ? products(integral, input, origin) : integral, 0);
    }
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    var origin = baseline.of(input, options.seed());
    var integral = integral(evaluator, input, origin, target, options);
    var products = products(integral, input, origin);
    var sum = 0.0;
    for (var product : products) {
      sum += product;
    }
    var difference = evaluator.score(target, input) - evaluator.score(target, origin);
    return explanation
        .quality(
            "convergenceDelta",
            sum - difference,
            "How far the attributions miss the score's difference; near 0 is good.")
        .quality(
            "scoreDifference", difference, "The score of the input minus that of the baseline.")
        .end(Values.of(timesInput ? products : integral, input.shape()));
  }

  private static double[] products(double[] integral, Values input, Values origin) {
    var products = new double[integral.length];
    for (var i = 0; i < integral.length; i++) {
      products[i] = integral[i] * ((double) input.get(i) - origin.get(i));
    }
    return products;
  }

  private double[] integral(
      Evaluator evaluator, Values input, Values origin, Target target, RunOptions options) {
    var nodes = rule.nodes(steps);
    var integral = new double[input.length()];
    evaluator.gradients(
        steps,
        (step, into, offset) -> {
          var position = nodes.positions()[step];
          for (var i = 0; i < integral.length; i++) {
            var value = origin.get(i) + position * ((double) input.get(i) - origin.get(i));
            into[offset + i] = (float) value;
          }
        },
        target,
        options,
        (step, gradient, offset) -> {
          var weight = nodes.weights()[step];
          for (var i = 0; i < integral.length; i++) {
            integral[i] += weight * gradient[offset + i];
          }
        });
    return integral;
  }
}
