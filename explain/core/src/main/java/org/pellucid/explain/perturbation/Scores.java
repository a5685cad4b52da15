package org.pellucid.explain.perturbation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;

/** The target's number for many changed images. */
final class Scores {
  private Scores() {}

  /**
   * Evaluates changed images batch by batch.
   *
   * @param count the number of images, at least 1
   * @throws IllegalArgumentException if the target is a layer's, or an output is not a number
   */
  static double[] of(
      Evaluator evaluator, int count, Evaluator.Inputs images, Target target, RunOptions options) {
    var outputs = evaluator.model().outputs();
    var scores = new double[count];
    evaluator.outputs(
        count,
        images,
        options,
        (number, rows, offset) -> {
          var row = Arrays.copyOfRange(rows, offset, offset + outputs);
          checkFinite(row);
          scores[number] = target.of(row);
        });
    return scores;
  }

  /** Refuses outputs that nothing can be concluded from. */
  static void checkFinite(double[] row) {
    check(
        Arrays.stream(row).allMatch(Double::isFinite),
        "The model gives NaN or infinite outputs for a changed image, so its changes say nothing");
  }

  /** Refuses an input that is no image, and a target that is no function of the outputs. */
  static void checkImage(String title, int axes, Target target) {
    check(
        axes == 3, "%s changes places of images; an input of %d axes is not an image", title, axes);
    check(
        !(target instanceof Target.Channel),
        "%s explains functions of the model's outputs; the target %s is a layer's",
        title,
        target.text());
  }
}
