package org.pellucid.models.onnx;

import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Transpose;
import org.pellucid.models.Taps;
import org.pellucid.models.onnx.Value.Known;
import org.pellucid.models.onnx.Value.Real;

/** Offers the values of a pass to taps, images with their channels last. */
record TappedValues(Tape tape, Taps taps) implements GraphProgram.Listener {
  @Override
  public boolean hears(String name) {
    return taps.wants(name) || taps.stopsAt(name);
  }

  @Override
  public Value value(String name, Value value) {
    if (value instanceof Known || !hears(name)) {
      return value;
    }
    var real = asLayer((Real) value);
    return real.with(taps.offer(tape, name, real.tensor()));
  }

  private Real asLayer(Real real) {
    if (real.rank() == 4 && !real.channelsLast()) {
      var last = Transpose.apply(tape, real.tensor(), Value.toChannelsLast(4));
      return new Real(last, true);
    }
    return real.rank() == 3 && real.channelsLast()
        ? new Real(OnnxModel.inGraphsOrder(tape, real), false)
        : real;
  }

  @Override
  public boolean stopsAt(String name) {
    return taps.stopsAt(name);
  }
}
