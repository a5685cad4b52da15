package org.pellucid.explain.evaluation;

import java.util.List;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Model;
import org.pellucid.models.Taps;

/**
 * A model as a function of one layer's output for a fixed input, where the model itself can't begin
 * {@linkplain Model#after after the layer}: each pass computes what is before it again.
 *
 * @param layerValues the layer's output for the input, {@code [channels, height, width]} for an
 *     image layer
 */
record LayerModel(Model whole, String layer, Values input, Values layerValues) implements Model {

  @Override
  public long[] inputShape() {
    return layerValues.shape();
  }

  @Override
  public int outputs() {
    return whole.outputs();
  }

  @Override
  public ElementType type() {
    return whole.type();
  }

  @Override
  public List<String> layerNames() {
    var names = whole.layerNames();
    return names.subList(names.indexOf(layer) + 1, names.size());
  }

  @Override
  public int largestBatch() {
    return whole.largestBatch();
  }

  @Override
  public Tensor forward(Tape tape, Tensor values, Taps taps) {
    var batch = Math.toIntExact(values.size(0));
    var inputs = tape.allocate(type(), Evaluator.withBatch(batch, input.shape()));
    var repeated = new float[batch * input.length()];
    for (var i = 0; i < batch; i++) {
      input.copyTo(repeated, i * input.length());
    }
    inputs.set(repeated);
    return whole.forward(tape, inputs, new Replacement(values, taps));
  }

  /** Puts the values in place of the layer's output. */
  private final class Replacement implements Taps {
    private final Tensor values;
    private final Taps others;

    Replacement(Tensor values, Taps others) {
      this.values = values;
      this.others = others;
    }

    @Override
    public boolean wants(String name) {
      return name.equals(layer) || others.wants(name);
    }

    @Override
    public boolean stopsAt(String name) {
      return others.stopsAt(name);
    }

    @Override
    public Tensor tap(Tape tape, String name, Tensor output) {
      if (!name.equals(layer)) {
        return others.tap(tape, name, output);
      }
      return values.rank() == 4 ? Transpose.apply(tape, values, 0, 2, 3, 1) : values;
    }
  }
}
