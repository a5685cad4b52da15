package org.pellucid.models;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/** Collects the outputs of chosen layers during one forward pass; they belong to its tape. */
public final class LayerOutputs implements Taps {
  private final Predicate<String> chosen;
  private final Map<String, Tensor> outputs = new LinkedHashMap<>();

  private LayerOutputs(Predicate<String> chosen) {
    this.chosen = chosen;
  }

  /** Collects the outputs of the layers with these names. */
  public static LayerOutputs of(String... layers) {
    return of(Set.of(layers)::contains);
  }

  /** Collects the outputs of the layers whose names are accepted. */
  public static LayerOutputs of(Predicate<String> layers) {
    return new LayerOutputs(layers);
  }

  @Override
  public boolean wants(String layer) {
    return chosen.test(layer);
  }

  @Override
  public Tensor tap(Tape tape, String layer, Tensor output) {
    outputs.put(layer, tape.keep(output));
    return output;
  }

  /**
   * The output of a layer.
   *
   * @throws IllegalArgumentException if the pass didn't reach a layer of this name
   */
  public Tensor get(String layer) {
    var output = outputs.get(layer);
    if (output == null) {
      throw new IllegalArgumentException(
          "The forward pass gave no output of a layer %s; it gave %s."
              .formatted(layer, outputs.keySet()));
    }
    return output;
  }

  /** The layers that were reached, in the order of the pass. */
  public Set<String> layers() {
    return outputs.keySet();
  }
}
