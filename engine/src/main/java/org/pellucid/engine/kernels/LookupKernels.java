package org.pellucid.engine.kernels;

import org.pellucid.engine.tensor.Tensor;

/** Reads rows of a table by their numbers, and adds to them. */
public interface LookupKernels {

  /**
   * Looks rows up: {@code out[…, :] = table[ids[…], :]}.
   *
   * @param ids {@code int32} of any shape, each in {@code 0..rows − 1}
   */
  void gather(Tensor table, Tensor ids, Tensor out);

  /** {@code out = 0}, then {@code out[ids[…], :] += gradient[…, :]}. */
  void scatterAdd(Tensor gradient, Tensor ids, Tensor out);
}
