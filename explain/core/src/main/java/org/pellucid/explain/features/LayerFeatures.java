package org.pellucid.explain.features;

import java.util.List;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Add;
import org.pellucid.engine.ops.Exp;
import org.pellucid.engine.ops.Log;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Scale;
import org.pellucid.engine.ops.Sum;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.Evaluator;

/** A layer's output for a batch of images, one for each objective, on a tape. */
final class LayerFeatures {
  private static final double TINY = 1e-30;

  private final Tape tape;
  private final Tensor output;
  private final Tensor weighted;

  /**
   * Runs the model up to the layer.
   *
   * @param images {@code [batch, height, width, channels]}
   * @throws IllegalArgumentException if the layer hasn't what an objective asks for
   */
  LayerFeatures(
      Evaluator evaluator,
      Tape tape,
      String layer,
      List<FeatureObjective> objectives,
      Tensor images) {
    this.tape = tape;
    this.output = evaluator.layerOutput(tape, channelsFirst(tape, images), layer);
    objectives.forEach(objective -> objective.checkFits(layer, output));
    this.weighted = Multiply.apply(tape, output, weights(objectives));
  }

  static Tensor channelsFirst(Tape tape, Tensor images) {
    return Transpose.apply(tape, images, 0, 3, 1, 2);
  }

  /** One weight a channel, or one a number of the output if an objective tells places apart. */
  private Tensor weights(List<FeatureObjective> objectives) {
    var places = objectives.stream().anyMatch(o -> o instanceof FeatureObjective.Unit);
    var shape = output.shape();
    if (!places && output.rank() == 4) {
      shape[1] = 1;
      shape[2] = 1;
    }
    var channels = (int) output.size(-1);
    var height = output.rank() == 4 ? (int) shape[1] : 1;
    var width = output.rank() == 4 ? (int) shape[2] : 1;
    var values = new float[objectives.size() * height * width * channels];
    for (var i = 0; i < objectives.size(); i++) {
      objectives
          .get(i)
          .weigh(height * width, width, channels, values, i * height * width * channels);
    }
    var tensor = tape.allocate(output.type(), shape);
    tensor.set(values);
    return tensor;
  }

  /** The value of each image's objective. */
  double[] each() {
    var axes = output.rank() == 4 ? new int[] {1, 2, 3} : new int[] {1};
    return Sum.apply(tape, weighted, axes).toDoubles();
  }

  /** The sum of the objectives, less what the images' likeness costs; {@code [1]}. */
  Tensor total(double diversity) {
    var sum = one(Sum.apply(tape, weighted));
    if (diversity == 0 || output.size(0) < 2) {
      return sum;
    }
    var cost = -diversity * Math.abs(sum.item());
    return Add.apply(tape, sum, Scale.apply(tape, likeness(), cost));
  }

  /** The mean cosine of two images' Gram matrices of channels; {@code [1]}. */
  private Tensor likeness() {
    var batch = output.size(0);
    var channels = output.size(-1);
    var rows = Reshape.apply(tape, output, batch, output.elements() / batch / channels, channels);
    var gram = MatMul.apply(tape, rows, true, rows, false);
    var flat = Reshape.apply(tape, gram, batch, channels * channels);
    var squares = Sum.apply(tape, Multiply.apply(tape, flat, flat), 1);
    var length = Scale.apply(tape, Log.apply(tape, Add.apply(tape, squares, number(TINY))), 0.5);
    var unit = Multiply.apply(tape, flat, Exp.apply(tape, Scale.apply(tape, length, -1)));
    var sum = Sum.apply(tape, unit, 0);
    var pairs = one(Sum.apply(tape, Multiply.apply(tape, sum, sum)));
    var cosines = Add.apply(tape, pairs, number(-batch));
    return Scale.apply(tape, cosines, 1.0 / (batch * (batch - 1)));
  }

  private Tensor one(Tensor scalar) {
    return Reshape.apply(tape, scalar, 1);
  }

  private Tensor number(double value) {
    var tensor = tape.allocate(output.type(), 1);
    tensor.set(new double[] {value});
    return tensor;
  }
}
