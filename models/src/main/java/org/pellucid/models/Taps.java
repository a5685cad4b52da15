package org.pellucid.models;

import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;

/**
 * Listens to the named layers of a model during a forward pass: sees their outputs, may replace
 * them, and may end the pass early.
 */
public interface Taps {
  /** Listens to no layer. */
  Taps NONE = layer -> false;

  /** Whether this layer's output is of interest; layers without a listener may be fused. */
  boolean wants(String layer);

  /**
   * Whether nothing after this layer is needed. A model may end its forward pass there; one that
   * computes on is right too.
   */
  default boolean stopsAt(String layer) {
    return false;
  }

  /**
   * Offers a layer's output to these taps if they want it; what a model calls after each layer.
   *
   * @return the tensor that the pass goes on with, protected from {@link Tape#discard} if it was
   *     wanted
   * @throws IllegalArgumentException if the taps put a tensor of another shape in its place
   */
  default Tensor offer(Tape tape, String layer, Tensor output) {
    if (!wants(layer)) {
      return output;
    }
    var replacement = tap(tape, layer, tape.keep(output));
    Shapes.checkShape("What replaces the output of " + layer, replacement, output.shape());
    return tape.keep(replacement);
  }

  /**
   * Receives the output of a layer that {@linkplain #wants is wanted}, and returns the tensor that
   * the pass goes on with: the output itself, or one of the same shape in its place. The tape keeps
   * both until it is closed.
   *
   * @param output of an image layer {@code [batch, height, width, channels]}, of a layer after the
   *     flattening {@code [batch, features]}, of an encoder layer {@code [batch, tokens, hidden]},
   *     of its parts as {@link org.pellucid.models.bert.BertModel} says
   */
  default Tensor tap(Tape tape, String layer, Tensor output) {
    return output;
  }
}
