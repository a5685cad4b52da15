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
 * What a target is made of after a forward pass: it is the sum of values, each with its weight, for
 * every input of the batch.
 *
 * @param values on the tape, the batch along the first axis
 * @param weights of the same shape and type
 */
record TargetValues(Tensor values, Tensor weights) {

  /**
   * Runs the model forward for a target.
   *
   * @param x the batch, on the tape
   * @param taps that listen as well
   */
  static TargetValues of(Evaluator source, Tape tape, Tensor x, Target target, Taps taps) {
    if (target instanceof Target.Channel channel) {
      var values = channelOutput(source, tape, x, channel, taps);
      return new TargetValues(values, ones(source, tape, values));
    }
    return ofOutputs(source, tape, source.model().forward(tape, x, taps), target);
  }

  /** The values of a target that is a function of the model's outputs. */
  static TargetValues ofOutputs(Evaluator source, Tape tape, Tensor outputs, Target target) {
    return switch (target) {
      case Target.Loss loss -> {
        var classes = tape.allocate(ElementType.INT32, outputs.size(0));
        var indices = new int[Math.toIntExact(outputs.size(0))];
        Arrays.fill(indices, loss.index());
        classes.set(indices);
        var values = CrossEntropy.apply(tape, outputs, classes);
        yield new TargetValues(values, ones(source, tape, values));
      }
      case Target.Probability _ -> weighted(tape, Softmax.apply(tape, outputs), target);
      default -> weighted(tape, outputs, target);
    };
  }

  private static Tensor channelOutput(
      Evaluator source, Tape tape, Tensor x, Target.Channel channel, Taps taps) {
    var output = source.layerOutput(tape, x, channel.layer(), taps);
    check(
        channel.channel() < output.size(-1),
        "The layer %s has the channels 0..%d, not %d",
        channel.layer(),
        output.size(-1) - 1,
        channel.channel());
    return Slice.apply(tape, output, output.rank() - 1, channel.channel(), 1);
  }

  private static Tensor ones(Evaluator source, Tape tape, Tensor like) {
    var ones = tape.allocate(like.type(), like.shape());
    source.engine().kernels().forType(ones.type()).arithmetic().fill(1, ones);
    return ones;
  }

  /** Each output with the target's weight. */
  private static TargetValues weighted(Tape tape, Tensor outputs, Target target) {
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
    return new TargetValues(outputs, weights);
  }

  /** The gradient of the target's sum over the batch. */
  Tensor gradient(Evaluator source, Tape tape, Target target, Tensor withRespectTo) {
    var start =
        target instanceof Target.Loss ? weights : source.rules().start(tape, values, weights);
    return tape.gradient(values, start, List.of(withRespectTo)).of(withRespectTo);
  }

  /** The target's number for each input. */
  double[] numbers() {
    var all = values.toDoubles();
    var factors = weights.toDoubles();
    var numbers = new double[Math.toIntExact(values.size(0))];
    var size = all.length / numbers.length;
    for (var i = 0; i < all.length; i++) {
      numbers[i / size] += factors[i] * all[i];
    }
    return numbers;
  }
}
