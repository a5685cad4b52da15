package org.pellucid.models.bert;

import java.util.Optional;
import java.util.Set;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.tensor.Tensor;
import org.pellucid.models.RandomisableModel;
import org.pellucid.models.Taps;

/**
 * Numbers that a language model gives for one text, as a function of the text's word embeddings.
 *
 * <p>Inputs are {@code [tokens, embedding]}; the number of tokens, their positions and segments are
 * fixed. {@link #randomised} copies own their language model and close it; that of the others stays
 * the caller's to close.
 */
public interface TextFunction extends RandomisableModel {

  /** The tokens whose word embeddings are the input. */
  Tokens tokens();

  /** The id of the token that pads. */
  int padId();

  /**
   * The word embeddings of tokens as plain numbers, such as a text's or a baseline's.
   *
   * @param ids in the order of the rows
   * @return {@code [tokens, embedding]} in C order
   * @throws IllegalArgumentException if there is no such id
   */
  float[] embeddings(Engine engine, int... ids);

  /**
   * The outputs of a batch in which some tokens can't be attended to.
   *
   * @param inputs {@code [batch, tokens, embedding]}
   * @param attentionMask {@code [batch, tokens]}: 1 for a token, 0 for one that no token attends
   *     to; empty if all are attended to
   * @return {@code [batch, outputs]}, or the output of the layer that the taps stopped at
   * @throws IllegalArgumentException if there is a mask, and the model takes none
   */
  Tensor forward(Tape tape, Tensor inputs, Optional<int[]> attentionMask, Taps taps);

  /**
   * {@inheritDoc}
   *
   * <p>Weights are normal with a deviation of 0.02, as BERT's were before training; the word
   * embeddings stay, since they are the input.
   */
  @Override
  TextFunction randomised(Set<String> layers, long seed);

  @Override
  default Tensor forward(Tape tape, Tensor inputs, Taps taps) {
    return forward(tape, inputs, Optional.empty(), taps);
  }
}
