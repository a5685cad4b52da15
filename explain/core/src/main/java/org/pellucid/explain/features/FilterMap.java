package org.pellucid.explain.features;

import static org.pellucid.engine.tensor.Shapes.check;

import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.explain.evaluation.Evaluator;

/** One filter's part of a layer's output. */
final class FilterMap {
  private FilterMap() {}

  /**
   * The filter's map, {@code [batch, height, width, 1]}.
   *
   * @throws IllegalArgumentException if the model has no such layer or the layer no such filter
   */
  static Tensor of(Evaluator evaluator, Tape tape, Tensor x, String layer, int filter) {
    var output = evaluator.layerOutput(tape, x, layer);
    check(output.rank() == 4, "The layer %s has no filters that respond to places", layer);
    check(
        filter >= 0 && filter < output.size(3),
        "The layer %s has the filters 0..%d, not %d",
        layer,
        output.size(3) - 1,
        filter);
    return Slice.apply(tape, output, 3, filter, 1);
  }
}
