package org.pellucid.explain.search;

import java.util.List;

/**
 * What is looked for: the tokens of a corpus that a model represents like one of a text.
 *
 * @param text the text as it was given
 * @param position of the token in it, where 0 is {@code [CLS]}
 * @param masked positions where {@code [MASK]} replaces the token
 * @param layer from 0, see {@link SearchBy}
 * @param by what makes two tokens alike
 * @param heads of the layer, from 0: those whose contexts are compared and whose attention is
 *     shown; all if empty
 * @param best how many tokens are found
 * @param exact whether all vectors are compared, or a graph leads to most of the nearest
 */
public record SearchRequest(
    String text,
    int position,
    List<Integer> masked,
    int layer,
    SearchBy by,
    List<Integer> heads,
    int best,
    boolean exact) {
  /** The number that exBERT shows. */
  public static final int STANDARD_BEST = 50;

  /** Copies the lists. */
  public SearchRequest {
    masked = List.copyOf(masked);
    heads = List.copyOf(heads);
  }

  /** The same at another layer. */
  SearchRequest at(int otherLayer) {
    return new SearchRequest(text, position, masked, otherLayer, by, heads, best, exact);
  }
}
