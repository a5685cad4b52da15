package org.pellucid.explain.view;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.pellucid.models.bert.tuning.TuningHistory;

/**
 * How a training went: its loss, learning rate and gradient over the steps, and what it reached.
 *
 * @param model the model before the training
 * @param facts what it was trained with, by name
 * @param losses of the steps
 * @param learningRates of the steps
 * @param gradientNorms of the steps, before clipping
 * @param epochs of the steps, from 1
 * @param evaluations in order; none without questions for them
 */
public record TuningPage(
    String title,
    String model,
    Map<String, Object> facts,
    double[] losses,
    double[] learningRates,
    double[] gradientNorms,
    int[] epochs,
    List<Evaluation> evaluations)
    implements Page {
  /**
   * What was reached.
   *
   * @param step that came before; 0 before the first
   * @param exactMatch in per cent
   * @param f1 in per cent
   */
  public record Evaluation(long step, double exactMatch, double f1, long questions) {}

  /**
   * Checks that the parts fit each other.
   *
   * @throws IllegalArgumentException if the numbers of steps differ
   */
  public TuningPage {
    evaluations = List.copyOf(evaluations);
    PageParts.check(learningRates.length == losses.length, "learningRates");
    PageParts.check(gradientNorms.length == losses.length, "gradientNorms");
    PageParts.check(epochs.length == losses.length, "epochs");
  }

  /** The page of a training. */
  public static TuningPage of(TuningHistory history) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("data", history.identity().data());
    history.identity().validation().ifPresent(file -> facts.put("validation", file));
    facts.put("examples", history.examples());
    facts.put("trained weights", history.trainedWeights());
    facts.putAll(history.settings());
    var steps = history.steps();
    return new TuningPage(
        "Tuning",
        history.identity().model(),
        facts,
        steps.stream().mapToDouble(step -> step.loss()).toArray(),
        steps.stream().mapToDouble(step -> step.learningRate()).toArray(),
        steps.stream().mapToDouble(step -> step.gradientNorm()).toArray(),
        steps.stream().mapToInt(step -> step.epoch()).toArray(),
        history.evaluations().stream()
            .map(
                result ->
                    new Evaluation(
                        result.step(),
                        result.figures().exactMatch(),
                        result.figures().f1(),
                        result.figures().questions()))
            .toList());
  }

  @Override
  public List<String> scripts() {
    return List.of("tuning.js");
  }

  @Override
  public List<String> styles() {
    return List.of("tuning.css");
  }
}
