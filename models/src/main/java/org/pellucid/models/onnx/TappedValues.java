package org.pellucid.models.onnx;

import java.util.Set;
import java.util.function.Predicate;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.models.Taps;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;

/**
 * Offers values to taps, images with their channels last.
 *
 * @param layers which values are layers
 * @param channelsLast the values whose channels are last in the graph's own order
 */
record TappedValues(Tape tape, Taps taps, Predicate<String> layers, Set<String> channelsLast)
    implements GraphProgram.Listener {
  @Override
  public boolean hears(String name) {
    return (taps.wants(name) || taps.stopsAt(name)) && layers.test(name);
  }

  @Override
  public Value value(String name, Value value) {
    if (value instanceof Known || !hears(name)) {
      return value;
    }
    var real = asLayer(name, (Real) value);
    return real.with(taps.offer(tape, name, real.tensor()));
  }

  private Real asLayer(String name, Real real) {
    var isImage = real.rank() == 4 && !channelsLast.contains(name);
    if (isImage == real.channelsLast()) {
      return real;
    }
    return isImage
        ? new Real(Transpose.apply(tape, real.tensor(), Value.toChannelsLast(4)), true)
        : new Real(OnnxModel.inGraphsOrder(tape, real), false);
  }

  @Override
  public boolean stopsAt(String name) {
    return taps.stopsAt(name) && layers.test(name);
  }
}
