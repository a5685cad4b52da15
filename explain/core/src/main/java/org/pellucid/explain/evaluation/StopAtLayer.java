package org.pellucid.explain.evaluation;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Taps;

/** Keeps a layer's output and ends the pass there. */
final class StopAtLayer implements Taps {
  private final String layer;
  private final Taps others;
  private final AtomicReference<Tensor> output = new AtomicReference<>();

  /**
   * Listens for a layer.
   *
   * @param others that listen as well
   */
  StopAtLayer(String layer, Taps others) {
    this.layer = layer;
    this.others = others;
  }

  /** What the layer gave, if the model offered it. */
  Optional<Tensor> output() {
    return Optional.ofNullable(output.get());
  }

  @Override
  public boolean wants(String name) {
    return name.equals(layer) || others.wants(name);
  }

  @Override
  public boolean stopsAt(String name) {
    return name.equals(layer);
  }

  @Override
  public Tensor tap(Tape tape, String name, Tensor tensor) {
    var passed = others.wants(name) ? others.tap(tape, name, tensor) : tensor;
    if (name.equals(layer)) {
      output.set(passed);
    }
    return passed;
  }
}
