package org.pellucid.models.nn;

import org.pellucid.engine.tensor.Tensor;

/** Somebody who wants to see what certain layers put out during a forward pass. */
public interface LayerListener {
  /** Nobody. */
  LayerListener NONE =
      new LayerListener() {
        @Override
        public boolean wants(String layer) {
          return false;
        }

        @Override
        public void accept(String layer, Tensor output) {}
      };

  /** Whether this layer's output is of interest; layers nobody listens to may be fused. */
  boolean wants(String layer);

  /**
   * Whether nobody needs what lies behind this layer. A model may end its forward pass there; one
   * that computes all the same is right too.
   */
  default boolean stopsAt(String layer) {
    return false;
  }

  /**
   * Receives a layer's output. It belongs to the tape, which keeps it until it is closed.
   *
   * @param output of an image layer {@code [batch, height, width, channels]}, of a layer behind the
   *     flattening {@code [batch, features]}
   */
  void accept(String layer, Tensor output);
}
