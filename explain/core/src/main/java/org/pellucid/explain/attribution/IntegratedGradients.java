package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

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
 * The gradient of the score integrated along the straight line from a baseline to the input
 * (Sundararajan, Taly and Yan, 2017). Multiplied by input minus baseline, the attributions sum to
 * the difference of the two scores; how far they miss it is reported as {@code convergenceDelta}.
 *
 * @param steps the number of positions on the line
 * @param rule where they lie and what they weigh
 * @param baseline where the line begins
 * @param baselines the number of lines whose results are averaged, each from a baseline of its own;
 *     more than one only where baselines are drawn at random
 * @param timesInput whether the integral is multiplied by input minus baseline
 */
public record IntegratedGradients(
    int steps, QuadratureRule rule, Baseline baseline, int baselines, boolean timesInput)
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
          .homework(QuadratureRule.LEFT)
          .texts(QuadratureRule.TRAPEZOID);
  private static final Parameter<Baseline> BASELINE =
      Parameter.of("baseline", Baseline.TYPE, Baseline.BLACK, "Where the line begins.")
          .texts(Baseline.PAD);
  private static final Parameter<Integer> BASELINES =
      Parameter.of(
          "baselines",
          ParameterType.wholeNumber(1, 100_000),
          1,
          "The number of baselines whose results are averaged, for noise and gaussian.");
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
              "The gradient integrated on the line from a baseline to the input; red speaks for the"
                  + " score, blue against it.",
              "M. Sundararajan, A. Taly, Q. Yan: Axiomatic attribution for deep networks, 2017",
              new Guidance(
                  "How is the difference between the scores of the input and of a baseline shared"
                      + " among its values?",
                  "A forward and a backward pass for each of the steps, and two forward passes; all"
                      + " that for each of the baselines.",
                  "Values that equal the baseline get nothing: from black, dark objects stay blank."
                      + " Where the convergence delta is not small, more steps are needed."),
              List.of(STEPS, RULE, BASELINE, BASELINES, TIMES_INPUT),
              (values, model) ->
                  List.of(
                      new IntegratedGradients(
                          values.get(STEPS),
                          values.get(RULE),
                          values.get(BASELINE).resolved(model),
                          values.get(BASELINES),
                          values.get(TIMES_INPUT))))
          .texts(MethodDescriptor.TextInput.EMBEDDINGS);

  /**
   * Checks the numbers of steps and baselines.
   *
   * @throws IllegalArgumentException if there are too few steps for the rule, or several baselines
   *     would all be the same
   */
  public IntegratedGradients {
    check(steps > 0, "Integrated gradients need at least one step, not %d", steps);
    rule.nodes(steps);
    checkBaselines(baseline, baselines);
  }

  /** One line from the baseline. */
  public IntegratedGradients(
      int steps, QuadratureRule rule, Baseline baseline, boolean timesInput) {
    this(steps, rule, baseline, 1, timesInput);
  }

  /** Checks that several baselines differ. */
  static void checkBaselines(Baseline baseline, int baselines) {
    check(baselines > 0, "At least one baseline is needed, not %d", baselines);
    check(
        baselines == 1 || baseline.isDrawn(),
        "%d baselines %s would all be the same; choose noise or gaussian, or one baseline",
        baselines,
        baseline.text());
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
    return new IntegratedGradients(steps, other, baseline, baselines, timesInput);
  }

  @Override
  public IntegratedGradients withBaseline(Baseline other) {
    return new IntegratedGradients(steps, rule, other, other.isDrawn() ? baselines : 1, timesInput);
  }

  /** This method averaged over so many baselines, which are drawn at random. */
  public IntegratedGradients withBaselines(int count) {
    return new IntegratedGradients(steps, rule, baseline, count, timesInput);
  }

  /** This method with or without multiplication by input minus baseline. */
  public IntegratedGradients withTimesInput(boolean multiplied) {
    return new IntegratedGradients(steps, rule, baseline, baselines, multiplied);
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
        .with(BASELINES, baselines)
        .with(TIMES_INPUT, timesInput);
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
        input -> integrated(evaluator, input, target, options).map());
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    var numbers = input.toDoubles();
    var found = integrated(evaluator, numbers, target, options);
    var score = evaluator.score(target, input);
    var difference = score - baselineScore(evaluator, numbers, target, options);
    return explanation
        .completeness(found.sum(), difference)
        .end(Values.of(found.map(), input.shape()));
  }

  /**
   * The result of a line, or the mean of several lines.
   *
   * @param map what the method gives
   * @param sum of the integrals times input minus baseline
   */
  private record Integrated(double[] map, double sum) {}

  private Integrated integrated(
      Evaluator evaluator, double[] input, Target target, RunOptions options) {
    var map = new double[input.length];
    var sum = 0.0;
    for (var number = 0; number < baselines; number++) {
      var origin = origin(evaluator, input, options, number);
      var integral = integral(evaluator, input, origin, target, options);
      for (var i = 0; i < map.length; i++) {
        var product = integral[i] * (input[i] - origin[i]);
        sum += product / baselines;
        map[i] += (timesInput ? product : integral[i]) / baselines;
      }
    }
    return new Integrated(map, sum);
  }

  /** The baseline of a number; each draws noise of its own. */
  private double[] origin(Evaluator evaluator, double[] input, RunOptions options, int number) {
    return baseline.of(input, evaluator.model().inputShape(), options.seed() + number);
  }

  private double baselineScore(
      Evaluator evaluator, double[] input, Target target, RunOptions options) {
    var sum = new double[1];
    evaluator.scores(
        baselines,
        new PreciseInputs(
            input.length,
            (number, row) ->
                System.arraycopy(origin(evaluator, input, options, number), 0, row, 0, row.length)),
        target,
        options.withProgress(Progress.NONE),
        (_, score) -> sum[0] += score / baselines);
    return sum[0];
  }

  private double[] integral(
      Evaluator evaluator, double[] input, double[] origin, Target target, RunOptions options) {
    var nodes = rule.nodes(steps);
    var integral = new double[input.length];
    evaluator.gradients(
        steps,
        PreciseInputs.line(origin, input, nodes.positions()),
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
