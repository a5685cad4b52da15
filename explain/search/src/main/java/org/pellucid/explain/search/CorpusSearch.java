package org.pellucid.explain.search;

import java.lang.ref.WeakReference;
import org.pellucid.engine.Engine;
import org.pellucid.models.zoo.BertModels;

/**
 * Asks an index with the model that it was built with. The index must stay open meanwhile; the
 * model only while it is asked, and another opening of the same weights may take its place.
 *
 * <p>Safe to use from several threads.
 */
public final class CorpusSearch {
  private final Engine engine;
  private final CorpusIndex index;
  private final PartsOfSpeech partsOfSpeech = new PartsOfSpeech();

  /** The model that was last found to be the index's. It is its owner's, who may close it. */
  private volatile WeakReference<BertModels.Loaded> checked = new WeakReference<>(null);

  /** A search of an index. */
  public CorpusSearch(Engine engine, CorpusIndex index) {
    this.engine = engine;
    this.index = index;
  }

  /** What is searched. */
  public CorpusIndex index() {
    return index;
  }

  /**
   * Checks that a model is the one that the index was built with: all weights are read, which takes
   * a second for one of base size. A model that was just checked isn't read again.
   *
   * @throws CorpusException if it has other weights or another vocabulary
   */
  public void check(BertModels.Loaded loaded) {
    if (checked.refersTo(loaded)) {
      return;
    }
    index.check(loaded);
    checked = new WeakReference<>(loaded);
  }

  /**
   * The tokens nearest to the one asked for.
   *
   * @throws CorpusException if the model isn't the one that the index was built with
   * @throws IllegalArgumentException if the index lacks the layer, the text is too long, or a
   *     position or head doesn't exist
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   */
  public SearchResult search(BertModels.Loaded loaded, SearchRequest request) {
    check(loaded);
    return new SearchRun(engine, loaded, index, partsOfSpeech, request).result();
  }
}
