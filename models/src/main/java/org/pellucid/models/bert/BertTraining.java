package org.pellucid.models.bert;

import java.util.Optional;
import java.util.SplittableRandom;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;

/**
 * A BERT's forward pass as training computes it: with dropout, and with a low-rank adapter beside
 * its projections. Without either it gives what {@link BertModel#encode} gives, bit for bit. Model
 * and adapter stay the caller's to close.
 *
 * <p>What the caller watches on the tape is trained: the {@linkplain BertModel#parameters
 * parameters}, some of them, or the {@linkplain LowRankMatrices#parameters adapter's}.
 */
public final class BertTraining {
  private final BertModel model;
  private final Optional<LowRankMatrices> adapter;
  private final DropoutRates rates;

  /** The training pass of a model. */
  public BertTraining(BertModel model, Optional<LowRankMatrices> adapter, DropoutRates rates) {
    this.model = model;
    this.adapter = adapter;
    this.rates = rates;
  }

  /** The model. */
  public BertModel model() {
    return model;
  }

  /** The adapter beside its projections, if there is one. */
  public Optional<LowRankMatrices> adapter() {
    return adapter;
  }

  /**
   * Runs the encoder.
   *
   * @param ids {@code int32 [batch, tokens]}
   * @param segmentIds {@code int32 [batch, tokens]}: 0 in the first text, 1 in the second
   * @param attentionMask {@code [batch, tokens]}: 1 for a token, 0 for padding; empty if there is
   *     none
   * @param seed of what is dropped; the same seed gives the same bits
   * @return the last hidden states, {@code [batch, tokens, hidden]}
   * @throws IllegalArgumentException if the shapes don't fit, an id is outside the vocabulary, or
   *     there are more tokens than positions
   */
  public Tensor encode(
      Tape tape, Tensor ids, Tensor segmentIds, Optional<int[]> attentionMask, long seed) {
    return run(tape, ids, segmentIds, attentionMask, rates, seed);
  }

  /** The answers' logits of the model with its adapter, when nothing is dropped. */
  public AnswerLogits answers() {
    return (tape, ids, segmentIds, attentionMask) -> {
      var hidden = run(tape, ids, segmentIds, attentionMask, DropoutRates.NONE, 0);
      var spans = model.answerSpans(tape, hidden);
      tape.discard(hidden);
      return spans;
    };
  }

  private Tensor run(
      Tape tape,
      Tensor ids,
      Tensor segmentIds,
      Optional<int[]> attentionMask,
      DropoutRates dropped,
      long seed) {
    var words = model.wordEmbeddings(tape, ids);
    var pass = new TrainingPass(tape, dropped, new SplittableRandom(seed), adapter);
    return model.train(pass, words, segmentIds, attentionMask);
  }
}
