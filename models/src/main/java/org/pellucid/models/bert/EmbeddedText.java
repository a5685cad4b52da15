package org.pellucid.models.bert;

import java.util.Optional;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Taps;

/**
 * One text whose word embeddings vary while its length, positions and segments are fixed.
 *
 * @param owned whether scores of it close the model
 */
public record EmbeddedText(BertModel model, Tokens tokens, boolean owned) {

  /** A text with a model that stays the caller's to close. */
  static EmbeddedText of(BertModel model, Tokens tokens) {
    return new EmbeddedText(model, tokens, false);
  }

  /** A text with a model that is closed with its scores. */
  static EmbeddedText owning(BertModel model, Tokens tokens) {
    return new EmbeddedText(model, tokens, true);
  }

  /** {@code [tokens, embedding]}. */
  long[] inputShape() {
    return new long[] {tokens.size(), model.config().embeddingSize()};
  }

  /** A part of the model that turns the last hidden states of a batch into its outputs. */
  interface Head {
    Tensor forward(Tape tape, Tensor hidden);
  }

  /**
   * Runs the encoder and a head.
   *
   * @param embeddings {@code [batch, tokens, embedding]}
   * @param attentionMask {@code [batch, tokens]}: 0 for a token that no token attends to
   * @return the head's output, or that of the layer that the taps stopped at
   */
  Tensor forward(
      Tape tape, Tensor embeddings, Optional<int[]> attentionMask, Taps taps, Head head) {
    Shapes.checkRank("A batch of word embeddings", embeddings, 3);
    var batch = embeddings.size(0);
    Shapes.checkShape(
        "A batch of word embeddings",
        embeddings,
        batch,
        tokens.size(),
        model.config().embeddingSize());
    var segments = segments(tape, Math.toIntExact(batch));
    var pass = new TappedPass(tape, taps);
    var hidden = model.encode(pass, embeddings, segments, attentionMask);
    tape.discard(segments);
    return pass.stop().isPresent() ? hidden : head.forward(tape, hidden);
  }

  private Tensor segments(Tape tape, int batch) {
    var one = tokens.segmentIds();
    var all = new int[batch * one.length];
    for (var example = 0; example < batch; example++) {
      System.arraycopy(one, 0, all, example * one.length, one.length);
    }
    var segments = tape.allocate(ElementType.INT32, batch, one.length);
    segments.set(all);
    return segments;
  }
}
