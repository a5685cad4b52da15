package org.pellucid.explain.search;

import java.util.List;
import org.pellucid.explain.view.Page;

/**
 * The tokens of a corpus that a model represents like one of a text: the hits with what stands
 * around them, and histograms.
 *
 * @param result what was found
 * @param index where it was found
 */
public record SearchPage(String title, SearchResult result, Index index) implements Page {
  /**
   * What the page says of an index.
   *
   * @param embeddings layers that can be searched by embedding
   * @param contexts layers that can be searched by context
   * @param heads of each layer
   */
  public record Index(
      List<Integer> embeddings, List<Integer> contexts, int heads, long sentences, long tokens) {}

  /** The page of a result. */
  public static SearchPage of(SearchResult result, IndexDescription description) {
    return new SearchPage(
        "Corpus search",
        result,
        new Index(
            description.layers(SearchBy.EMBEDDING),
            description.layers(SearchBy.CONTEXT),
            description.heads(),
            description.sentences(),
            description.tokens()));
  }

  @Override
  public List<String> scripts() {
    return List.of("search.js");
  }

  @Override
  public List<String> styles() {
    return List.of("search.css");
  }
}
