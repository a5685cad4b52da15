package org.pellucid.models;

/**
 * The bytes that a model's passes need at their peak, linear in the batch.
 *
 * @param weights bytes of the model's own tensors
 * @param workspace bytes that kernels keep beside them
 * @param forwardExample bytes that each example of a batch adds to a forward pass
 * @param gradientExample bytes that each example adds to a forward pass with the input's gradient
 */
public record MemoryEstimate(
    long weights, long workspace, long forwardExample, long gradientExample) {

  /** Bytes for one pass over a batch. */
  public long peak(int batch, boolean withGradient) {
    return fixed() + batch * (withGradient ? gradientExample : forwardExample);
  }

  /** Bytes that are needed whatever the batch. */
  public long fixed() {
    return weights + workspace;
  }
}
