package org.pellucid.explain.evaluation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Arrays;
import java.util.List;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.CrossEntropy;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.ops.Softmax;
import org.pellucid.engine.tensor.ElementType;
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
      source.rules().install(tape);
      var x = tape.watch(source.batchOn(tape, inputs, count));
      gradient(tape, x, target).copyTo(gradients);
    }
  }

  private Tensor gradient(Tape tape, Tensor x, Target target) {
    if (target instanceof Target.Channel channel) {
      var values = channelOutput(tape, x, channel);
      var ones = tape.allocate(values.type(), values.shape());
      source.engine().kernels().forType(ones.type()).arithmetic().fill(1, ones);
      return weighted(tape, x, values, ones);
    }
    var logits = source.model().forward(tape, x, Taps.NONE);
    logits.copyTo(outputs);
    return switch (target) {
      case Target.Loss loss -> {
        var classes = tape.allocate(ElementType.INT32, x.size(0));
        var indices = new int[Math.toIntExact(x.size(0))];
        Arrays.fill(indices, loss.index());
        classes.set(indices);
        yield tape.gradient(CrossEntropy.apply(tape, logits, classes), x).of(x);
      }
      case Target.Probability _ -> weighted(tape, x, Softmax.apply(tape, logits), target);
      default -> weighted(tape, x, logits, target);
    };
  }

  private Tensor channelOutput(Tape tape, Tensor x, Target.Channel channel) {
    var output = source.layerOutput(tape, x, channel.layer());
    check(
        channel.channel() < output.size(-1),
        "The layer %s has the channels 0..%d, not %d",
        channel.layer(),
        output.size(-1) - 1,
        channel.channel());
    return Slice.apply(tape, output, output.rank() - 1, channel.channel(), 1);
  }

  /** The gradient of the outputs' sum, each with the target's weight. */
  private Tensor weighted(Tape tape, Tensor x, Tensor outputs, Target target) {
    var rows = Math.toIntExact(outputs.size(0));
    var columns = Math.toIntExact(outputs.size(1));
    var factors = new float[rows * columns];
    for (var row = 0; row < rows; row++) {
      for (var index : target.indices()) {
        factors[row * columns + index] += 1;
      }
      if (target instanceof Target.Difference difference) {
        factors[row * columns + difference.other()] -= 2;
      }
    }
    var weights = tape.allocate(outputs.type(), outputs.shape());
    weights.set(factors);
    return weighted(tape, x, outputs, weights);
  }

  private Tensor weighted(Tape tape, Tensor x, Tensor values, Tensor weights) {
    var start = source.rules().start(tape, values, weights);
    return tape.gradient(values, start, List.of(x)).of(x);
  }

  /** The gradient of one input of the last batch, a copy. */
  public double[] gradient(int index) {
    var size = source.inputSize();
    return Arrays.copyOfRange(gradients, index * size, (index + 1) * size);
  }
}
