package org.pellucid.models.bert;

import java.util.function.IntPredicate;

/**
 * Which of the encoder's tensors somebody wants to read, or to differentiate by, beside the last
 * hidden states. Everything else is given back as soon as the next layer has read it, unless a
 * gradient needs it.
 *
 * @param hiddenStates accepts the number of a hidden state: 0 behind the embeddings, {@code n}
 *     behind the {@code n}th layer
 * @param attentions accepts the number of a layer, from 0; attention whose probabilities nobody
 *     wants is computed in one step, which is faster and keeps nothing that grows with the square
 *     of the tokens
 */
public record Wanted(IntPredicate hiddenStates, IntPredicate attentions) {
  /** The last hidden states alone. */
  public static Wanted last() {
    return new Wanted(_ -> false, _ -> false);
  }

  /** All hidden states, and no attentions. */
  public static Wanted allHiddenStates() {
    return new Wanted(_ -> true, _ -> false);
  }

  /** All hidden states and all attentions. */
  public static Wanted everything() {
    return new Wanted(_ -> true, _ -> true);
  }
}
