package org.pellucid.explain.evaluation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Taps;

/**
 * Reusable arrays for a batch of inputs and their gradients. Computations take their memory from
 * the engine's pool and write their results into the same arrays, so that many batches in a row
 * allocate next to nothing. Belongs to one thread.
 */
public final class GradientBatch {
  private final Evaluator source;
  private final float[] inputs;
  private final double[] gradients;
  private final double[] outputs;

  GradientBatch(Evaluator source, int capacity) {
    check(capacity > 0, "A batch has room for at least one input, not %d", capacity);
    this.source = source;
    this.inputs = new float[Math.multiplyExact(capacity, source.inputSize())];
    this.gradients = new double[inputs.length];
    this.outputs = new double[Math.multiplyExact(capacity, source.model().outputs())];
  }

  /** The most inputs of a batch. */
  public int capacity() {
    return inputs.length / source.inputSize();
  }

  /** Where the inputs are written, {@code [capacity, input shape…]}. */
  public float[] inputs() {
    return inputs;
  }

  /** The last batch's gradients, {@code [capacity, input shape…]}; the next overwrites them. */
  public double[] gradients() {
    return gradients;
  }

  /**
   * The last batch's outputs, {@code [capacity, outputs]}; the next overwrites them. A layer's
   * channel as target leaves them as they were, since its forward pass ends at the layer.
   */
  public double[] outputs() {
    return outputs;
  }

  /**
   * Computes the gradient of the target with respect to each input.
   *
   * @param count the number of inputs, the first of {@link #inputs()}
   * @throws IllegalArgumentException if there are more than the capacity, or the model has no such
   *     target
   */
  public void compute(Target target, int count) {
    check(count > 0 && count <= capacity(), "A batch of %d has no room for %d", capacity(), count);
    source.checkTarget(target);
    try (var tape = new Tape(source.engine())) {
      compute(tape, source.batchOn(tape, inputs, count), target);
    }
  }

  /** Computes the gradients for inputs from a number on, in the precision of the model. */
  void compute(Target target, Evaluator.Inputs written, int first, int count) {
    source.checkTarget(target);
    try (var tape = new Tape(source.engine())) {
      compute(tape, Batches.tensor(source, tape, written, first, count, inputs), target);
    }
  }

  private void compute(Tape tape, Tensor batch, Target target) {
    source.rules().install(tape);
    var x = tape.watch(batch);
    if (target instanceof Target.Channel) {
      var values = TargetValues.of(source, tape, x, target, Taps.NONE);
      values.gradient(source, tape, target, x).copyTo(gradients);
      return;
    }
    var logits = source.model().forward(tape, x, Taps.NONE);
    logits.copyTo(outputs);
    var values = TargetValues.ofOutputs(source, tape, logits, target);
    values.gradient(source, tape, target, x).copyTo(gradients);
  }

  /** The gradient of one input of the last batch, a copy. */
  public double[] gradient(int index) {
    var size = source.inputSize();
    return Arrays.copyOfRange(gradients, index * size, (index + 1) * size);
  }
}
