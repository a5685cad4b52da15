package org.pellucid.explain.perturbation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Target;

/**
 * The numbers that LIME fits, sample by sample: the target's, and those of further labels, which
 * the first sample's outputs choose.
 */
final class LimeTargets implements Evaluator.Receiver {
  private final Target target;
  private final LimeSettings settings;
  private final List<Integer> labels = new ArrayList<>();
  private final List<Target> targets = new ArrayList<>();
  private final List<double[]> values = new ArrayList<>();
  private double[] outputs;

  /**
   * Prepares for the rows of a model.
   *
   * @param outputs the number of the model's outputs
   */
  LimeTargets(Target target, LimeSettings settings, int outputs) {
    this.target = target;
    this.settings = settings;
    this.outputs = new double[outputs];
    LimeSurrogate.checkLabels(settings.labels(), outputs);
    add(target);
  }

  private void add(Target explained) {
    targets.add(explained);
    values.add(new double[settings.samples()]);
  }

  @Override
  public void accept(int number, double[] source, int offset) {
    var row = Arrays.copyOfRange(source, offset, offset + outputs.length);
    Scores.checkFinite(row);
    if (number == 0) {
      outputs = row;
      for (var label : LimeSurrogate.labels(row, settings)) {
        labels.add(label);
        add(at(label));
      }
    }
    for (var i = 0; i < values.size(); i++) {
      values.get(i)[number] = targets.get(i).of(row);
    }
  }

  /** The target's function of the outputs with another label in its place. */
  private Target at(int label) {
    return switch (target) {
      case Target.Probability _ -> new Target.Probability(label);
      case Target.Loss _ -> new Target.Loss(label);
      default -> Target.output(label);
    };
  }

  /** The outputs for the whole image. */
  double[] outputs() {
    return outputs;
  }

  /** The target's number for each sample. */
  double[] ofTarget() {
    return values.getFirst();
  }

  /** The further labels, the best first, then those that were asked for. */
  List<Integer> labels() {
    return labels;
  }

  /** The number of the i-th further label for each sample. */
  double[] ofLabel(int i) {
    return values.get(i + 1);
  }
}
