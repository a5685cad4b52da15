package org.pellucid.models.bert;

import java.util.Optional;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/** What scores where answers start and end: a model, or one in training. */
@FunctionalInterface
public interface AnswerLogits {
  /**
   * The logits of a batch.
   *
   * @param ids {@code int32 [batch, tokens]}
   * @param segmentIds {@code int32 [batch, tokens]}: 0 in the first text, 1 in the second
   * @param attentionMask {@code [batch, tokens]}: 1 for a token, 0 for padding; empty if there is
   *     none
   * @return {@code [batch, tokens, 2]}: where an answer starts, and where it ends (inclusive)
   */
  Tensor of(Tape tape, Tensor ids, Tensor segmentIds, Optional<int[]> attentionMask);
}
