package org.pellucid.engine.kernels;

import java.util.Optional;
import org.pellucid.engine.tensor.Tensor;

/**
 * What attention is computed from. A head is a range of {@code hidden / heads} columns of the
 * projections; the heads lie one after the other.
 *
 * @param query {@code [batch, queries, hidden]}
 * @param key {@code [batch, keys, hidden]}
 * @param value {@code [batch, keys, hidden]}
 * @param factor what scores are multiplied with, usually {@code 1 / √(hidden / heads)}
 * @param mask {@code [batch, 1, 1, keys]}, added to the scores after the factor: 0 for tokens and a
 *     large negative number for padding
 */
public record AttentionInputs(
    Tensor query, Tensor key, Tensor value, int heads, double factor, Optional<Tensor> mask) {

  /** The length of one head's query, key and value vectors. */
  public long headSize() {
    return query.size(2) / heads;
  }
}
