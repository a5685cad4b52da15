package org.pellucid.models;

/**
 * A model of images in 0..1, {@code [channels, height, width]}, that owns its weights. What its
 * training did to the images before the first layer is part of it.
 */
public interface ImageModel extends Model, AutoCloseable {

  /** Bytes of its weights, as they are kept while it is open. */
  long weightBytes();

  /** Frees the weights. */
  @Override
  void close();
}
