package org.pellucid.models.bert;

import java.util.Optional;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Taps;

/** A forward pass on a tape whose layers are offered to taps, until they stop it. */
final class TappedPass {
  private final Tape tape;
  private final Taps taps;
  private Optional<Tensor> stop = Optional.empty();

  TappedPass(Tape tape, Taps taps) {
    this.tape = tape;
    this.taps = taps;
  }

  Tape tape() {
    return tape;
  }

  /** Whether this layer's output must exist as a tensor. */
  boolean needs(String layer) {
    return taps.wants(layer) || taps.stopsAt(layer);
  }

  /** The tensor that the pass goes on with after a layer. */
  Tensor offer(String layer, Tensor output) {
    var next = taps.offer(tape, layer, output);
    if (stop.isEmpty() && taps.stopsAt(layer)) {
      stop = Optional.of(tape.keep(next));
    }
    return next;
  }

  /** The output of the layer that the taps stopped at, once it is reached. */
  Optional<Tensor> stop() {
    return stop;
  }
}
