package org.pellucid.engine.autograd;

/**
 * Replaces the backward step of a kind of operation on one tape, as guided backpropagation,
 * deconvolution, DeepLIFT and layer-wise relevance propagation do.
 *
 * @param <O> the kind of operation, whose parameters the rule can read
 */
@FunctionalInterface
public interface BackwardRule<O extends Operation> {
  /**
   * Does what {@link Operation#backward} would have done: {@linkplain Backward#add adds} to each
   * wanted input's gradient. {@link Backward#input} and {@link Backward#output} are available here,
   * and {@link Backward#own} runs the operation's own backward step.
   */
  void backward(O operation, Backward backward);
}
