package org.pellucid.explain.search;

import java.util.List;

/**
 * What an index keeps.
 *
 * @param layers of the hidden states, from 0; all if empty
 * @param contexts whether it keeps what the heads read, too, which nearly doubles its size
 * @param graphFrom tokens of the corpus from which on embeddings get a graph that leads to most of
 *     the nearest; in a smaller one all vectors are compared
 */
public record IndexOptions(List<Integer> layers, boolean contexts, long graphFrom) {
  /** Where comparing all vectors of BERT-base begins to take a noticeable time. */
  public static final long STANDARD_GRAPH_FROM = 200_000;

  /** Copies the list. */
  public IndexOptions {
    layers = List.copyOf(layers);
  }

  /** All layers, with contexts. */
  public static IndexOptions standard() {
    return new IndexOptions(List.of(), true, STANDARD_GRAPH_FROM);
  }
}
