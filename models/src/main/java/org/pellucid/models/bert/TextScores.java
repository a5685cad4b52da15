package org.pellucid.models.bert;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.Taps;

/**
 * What a head of BERT says of one text, as a function of the text's word embeddings.
 *
 * <p>Inputs are {@code [tokens, embedding]}, see {@link BertModel#embeddings}; the number of tokens
 * and their segments are fixed.
 */
public sealed interface TextScores extends TextFunction
    permits MaskedTokenScores, AnswerScores, ClassScores, SimilarityScores {

  /** The text whose word embeddings are the input. */
  EmbeddedText text();

  /** The layers of the head, in the order data takes. */
  List<String> headLayers();

  /**
   * The head's outputs.
   *
   * @param hidden the last hidden states {@code [batch, tokens, hidden]}, which it uses up
   * @return {@code [batch, outputs]}
   */
  Tensor head(Tape tape, Tensor hidden);

  /** The same scores of another embedded text of the same tokens. */
  TextScores of(EmbeddedText other);

  @Override
  default Tensor forward(Tape tape, Tensor inputs, Optional<int[]> attentionMask, Taps taps) {
    return text().forward(tape, inputs, attentionMask, taps, this::head);
  }

  @Override
  default Tokens tokens() {
    return text().tokens();
  }

  @Override
  default int padId() {
    return text().model().config().padId();
  }

  @Override
  default float[] embeddings(Engine engine, int... ids) {
    return text().model().embeddings(engine, ids);
  }

  @Override
  default long[] inputShape() {
    return text().inputShape();
  }

  @Override
  default ElementType type() {
    return text().model().type();
  }

  @Override
  default List<String> layerNames() {
    return text().model().layerNames();
  }

  @Override
  default List<String> layersWithParameters() {
    return text().model().layersWithParameters(headLayers());
  }

  @Override
  default TextScores randomised(Set<String> layers, long seed) {
    return of(EmbeddedText.owning(text().model().randomised(layers, seed), tokens()));
  }

  @Override
  default void close() {
    if (text().owned()) {
      text().model().close();
    }
  }
}
