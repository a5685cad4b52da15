package org.pellucid.explain.features;

import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.MatMul;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.Evaluator;

/** One feature's part of a layer's output. */
final class FilterMap {
  private FilterMap() {}

  /**
   * The feature's map, {@code [batch, height, width, 1]}; of a layer without places {@code [batch,
   * 1, 1, 1]}.
   *
   * @throws IllegalArgumentException if the model has no such layer or the layer no such feature
   */
  static Tensor of(
      Evaluator evaluator, Tape tape, Tensor x, String layer, FeatureObjective feature) {
    var features = evaluator.layerOutput(tape, x, layer);
    feature.checkFits(layer, features);
    var output =
        features.rank() == 4
            ? features
            : Reshape.apply(tape, features, features.size(0), 1, 1, features.size(1));
    return switch (feature) {
      case FeatureObjective.Channel(var channel) -> Slice.apply(tape, output, 3, channel, 1);
      case FeatureObjective.Unit(var channel, _, _) -> Slice.apply(tape, output, 3, channel, 1);
      case FeatureObjective.Direction(var weights) -> {
        var column = tape.allocate(output.type(), output.size(3), 1);
        column.set(weights.toArray());
        var rows = Reshape.apply(tape, output, output.elements() / output.size(3), output.size(3));
        var product = MatMul.apply(tape, rows, column);
        yield Reshape.apply(tape, product, output.size(0), output.size(1), output.size(2), 1);
      }
    };
  }

  /** What of the map is made large: all of it, or the unit's place; {@code [batch, …, 1]}. */
  static Tensor objective(Tape tape, Tensor map, FeatureObjective feature) {
    return feature instanceof FeatureObjective.Unit(_, var row, var column)
        ? Slice.apply(tape, Slice.apply(tape, map, 1, row, 1), 2, column, 1)
        : map;
  }
}
