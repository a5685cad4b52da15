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
 * @param best how many tokens are found, 1 to 1,000
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

  /** The model runs once for each hit. */
  static final int MOST_BEST = 1000;

  /** Copies the lists. */
  public SearchRequest {
    masked = List.copyOf(masked);
    heads = List.copyOf(heads);
  }

  /** The 50 nearest, as a graph finds them where an index has graphs. */
  public SearchRequest(
      String text,
      int position,
      List<Integer> masked,
      int layer,
      SearchBy by,
      List<Integer> heads) {
    this(text, position, masked, layer, by, heads, STANDARD_BEST, false);
  }
}
