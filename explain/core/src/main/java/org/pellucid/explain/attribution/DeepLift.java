package org.pellucid.explain.attribution;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import org.pellucid.engine.autograd.Tape;
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
import org.pellucid.explain.method.ParameterValues;

/**
 * DeepLIFT with the rescale rule (Shrikumar, Greenside and Kundaje, 2017): the difference of the
 * outputs for an input and for a baseline is passed back through the network in one pass, by the
 * {@linkplain RescaleRules rules} that Captum has, and others for products, softmax and layer
 * normalisation, where Captum's don't add up. The attributions sum to the difference of the two
 * scores; how far they miss it is reported as {@code convergenceDelta}.
 *
 * <p>Explained are outputs, sums and differences of them, and channels; probabilities and losses
 * are refused.
 *
 * @param baseline what differences are taken from
 */
public record DeepLift(Baseline baseline) implements BaselineMethod {
  private static final Parameter<Baseline> BASELINE =
      Parameter.of("baseline", Baseline.TYPE, Baseline.BLACK, "What differences are taken from.")
          .texts(Baseline.PAD);

  /** The method with its parameters. */
  public static final MethodDescriptor DESCRIPTOR =
      new MethodDescriptor(
              "deeplift",
              "DeepLIFT",
              "The difference to the score of a baseline, distributed over the input; red speaks"
                  + " for the score, blue against it.",
              "A. Shrikumar, P. Greenside, A. Kundaje: Learning important features through"
                  + " propagating activation differences, 2017",
              new Guidance(
                  "How is the difference between the scores of the input and of a baseline shared,"
                      + " layer by layer?",
                  "A forward pass each of input and baseline, one backward pass, and two forward"
                      + " passes more.",
                  "Values that equal the baseline get nothing, and two networks that compute the"
                      + " same can have different maps."),
              List.of(BASELINE),
              (values, model) -> List.of(new DeepLift(values.get(BASELINE).resolved(model))))
          .texts(MethodDescriptor.TextInput.EMBEDDINGS);

  /** Differences from black. */
  public static DeepLift standard() {
    return new DeepLift(Baseline.BLACK);
  }

  @Override
  public DeepLift withBaseline(Baseline other) {
    return new DeepLift(other);
  }

  @Override
  public MethodDescriptor descriptor() {
    return DESCRIPTOR;
  }

  @Override
  public ParameterValues parameters() {
    return ParameterValues.none().with(BASELINE, baseline);
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
    checkTarget(target);
    var pairs =
        Math.min(
            evaluator.model().largestBatch(),
            options.batchSize().orElseGet(() -> pairsAtATime(evaluator)));
    for (var first = 0; first < count; first += pairs) {
      options.progress().step(first, count);
      pairs(evaluator, first, Math.min(pairs, count - first), inputs, target, options, receiver);
    }
    options.progress().step(count, count);
  }

  /** An input and its baseline take the memory of two inputs. */
  private static int pairsAtATime(Evaluator evaluator) {
    try (var none = new Tape(evaluator.engine())) {
      return Math.max(1, evaluator.withRules(new RescaleRules(none)).batchSize(true) / 2);
    }
  }

  /** The maps of one batch of inputs from a number on. */
  private void pairs(
      Evaluator evaluator,
      int first,
      int count,
      Evaluator.Inputs inputs,
      Target target,
      RunOptions options,
      Evaluator.Receiver receiver) {
    var size = evaluator.inputSize();
    var shape = evaluator.model().inputShape();
    try (var baselines = new Tape(evaluator.engine())) {
      var rescaling = evaluator.withRules(new RescaleRules(baselines));
      rescaling.record(
          baselines,
          count,
          new PreciseInputs(
              size,
              (row, into) -> {
                inputs.write(first + row, into);
                var origin = baseline.of(into, shape, options.seed());
                System.arraycopy(origin, 0, into, 0, size);
              }),
          target);
      var map = new double[size];
      rescaling.gradients(
          count,
          new PreciseInputs(size, (row, into) -> inputs.write(first + row, into)),
          target,
          options.withBatchSize(count).withProgress(Progress.NONE),
          (row, multipliers, offset) -> {
            inputs.write(first + row, map);
            var origin = baseline.of(map, shape, options.seed());
            for (var i = 0; i < size; i++) {
              map[i] = multipliers[offset + i] * (map[i] - origin[i]);
            }
            receiver.accept(first + row, map, 0);
          });
    }
  }

  private static void checkTarget(Target target) {
    check(
        !(target instanceof Target.Probability || target instanceof Target.Loss),
        "DeepLIFT explains outputs, sums and differences of outputs and channels, not %s; choose"
            + " one of them",
        target.text());
  }

  @Override
  public Explanation explain(Evaluator evaluator, Values input, Target target, RunOptions options) {
    var explanation = Explanation.begin(this, evaluator, input, target, options);
    checkTarget(target);
    var map = new double[input.length()];
    maps(
        evaluator,
        1,
        (number, into, offset) -> input.copyTo(into, offset),
        target,
        options,
        (number, values, offset) -> System.arraycopy(values, offset, map, 0, map.length));
    var sum = 0.0;
    for (var attribution : map) {
      sum += attribution;
    }
    var difference = scoreDifference(evaluator, input, target, options);
    return explanation.completeness(sum, difference).end(Values.of(map, input.shape()));
  }

  private double scoreDifference(
      Evaluator evaluator, Values input, Target target, RunOptions options) {
    var numbers = input.toDoubles();
    var origin = baseline.of(numbers, input.shape(), options.seed());
    var scores = new double[2];
    evaluator.scores(
        2,
        new PreciseInputs(
            numbers.length,
            (number, row) ->
                System.arraycopy(number == 0 ? numbers : origin, 0, row, 0, row.length)),
        target,
        options.withProgress(Progress.NONE),
        (number, score) -> scores[number] = score);
    return scores[0] - scores[1];
  }
}
