package org.pellucid.engine.autograd;

/**
 * Replaces the backward step of a kind of operation on one tape, as guided backpropagation,
 * deconvolution, DeepLIFT and layer-wise relevance propagation do.
 */
@FunctionalInterface
public interface BackwardRule {
  /**
   * Does what {@link Operation#backward} would have done; {@link Backward#input} and {@link
   * Backward#output} are available here.
   */
  void backward(Operation operation, Backward backward);
}
