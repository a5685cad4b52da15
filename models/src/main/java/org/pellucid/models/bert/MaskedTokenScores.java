package org.pellucid.models.bert;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.List;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.ops.Reshape;
import org.pellucid.engine.ops.Slice;
import org.pellucid.engine.tensor.Tensor;

/**
 * The masked-language-model head's logits at one position of a text, as a function of the text's
 * word embeddings.
 *
 * <p>Inputs are {@code [tokens, hidden]}, see {@link BertModel#embeddings}; outputs are the
 * vocabulary's logits by token id. The BERT model stays the caller's to close.
 */
public final class MaskedTokenScores implements TextScores {
  private final EmbeddedText text;
  private final int position;

  private MaskedTokenScores(EmbeddedText text, int position) {
    this.text = text;
    this.position = position;
  }

  /**
   * The scores at a position.
   *
   * @param tokens that give the length and the segments
   * @param position from 0, which is {@code [CLS]}
   * @throws IllegalArgumentException if the model has no masked-language-model head or the text no
   *     such position
   */
  public MaskedTokenScores(BertModel model, Tokens tokens, int position) {
    check(
        model.predictsTokens(),
        "These weights hold no masked-language-model head; load a model that has one");
    tokens.checkPosition(position);
    this.text = EmbeddedText.of(model, tokens);
    this.position = position;
  }

  /** The position whose token is predicted, from 0. */
  public int position() {
    return position;
  }

  @Override
  public EmbeddedText text() {
    return text;
  }

  @Override
  public int outputs() {
    return text.model().config().vocabularySize();
  }

  @Override
  public List<String> headLayers() {
    return List.of("cls.predictions");
  }

  @Override
  public MaskedTokenScores of(EmbeddedText other) {
    return new MaskedTokenScores(other, position);
  }

  @Override
  public Tensor head(Tape tape, Tensor hidden) {
    var here = Slice.apply(tape, hidden, 1, position, 1);
    tape.discard(hidden);
    var row = Reshape.apply(tape, here, hidden.size(0), hidden.size(2));
    tape.discard(here);
    var logits = text.model().predictTokens(tape, row);
    tape.discard(row);
    return logits;
  }
}
