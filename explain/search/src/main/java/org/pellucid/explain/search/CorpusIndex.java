package org.pellucid.explain.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.store.FSDirectory;
import org.pellucid.engine.Engine;
import org.pellucid.models.zoo.BertModels;

/**
 * The vectors of a corpus's tokens in a folder, kept by Apache Lucene. Vectors are read from the
 * disk as they are needed.
 */
public final class CorpusIndex implements AutoCloseable {
  private final Path folder;
  private final IndexDescription description;
  private final FSDirectory directory;
  private final DirectoryReader reader;

  private CorpusIndex(
      Path folder, IndexDescription description, FSDirectory directory, DirectoryReader reader) {
    this.folder = folder;
    this.description = description;
    this.directory = directory;
    this.reader = reader;
  }

  /**
   * A token of the corpus.
   *
   * @param text the sentence that it stands in
   * @param sentence its number in the corpus, from 0
   * @param position of the token in the sentence, where 0 is {@code [CLS]}
   * @param score the product of its vector with the query's
   */
  record Neighbour(String text, long sentence, int position, double score) {}

  private record Scored(int document, double score) {}

  /**
   * Builds an index in a folder of its own; an index that is there is replaced once the new one is
   * whole. Nothing is left if it fails; if the process is killed, a folder {@code NAME.building}
   * is, which the next build clears away.
   *
   * @param options which layers it keeps
   * @param progress is told how far it is
   * @throws IllegalArgumentException if the model has no such layer
   * @throws CorpusException if the corpus can't be used, or the folder holds something else
   * @throws java.util.concurrent.CancellationException if the thread is interrupted
   * @throws IOException if it can't be written
   */
  public static IndexDescription build(
      Engine engine,
      BertModels.Loaded model,
      Corpus corpus,
      IndexOptions options,
      Path folder,
      IndexProgress progress)
      throws IOException {
    return new IndexBuilder(engine, model, folder).build(corpus, options, progress);
  }

  /**
   * Opens an index.
   *
   * @throws CorpusException if the folder holds no whole index
   * @throws IOException if it can't be read
   */
  public static CorpusIndex open(Path folder) throws IOException {
    var description = IndexDescription.read(folder);
    var directory = FSDirectory.open(folder);
    try {
      return new CorpusIndex(folder, description, directory, DirectoryReader.open(directory));
    } catch (IOException e) {
      directory.close();
      throw CorpusException.because(
          e, "The index %s is damaged (%s); build it anew.", folder, e.getMessage());
    }
  }

  /** What it holds. */
  public IndexDescription description() {
    return description;
  }

  /** Checks that a model has the weights and the vocabulary that it was built with. */
  void check(BertModels.Loaded loaded) {
    if (!description
        .fingerprint()
        .equals(Digests.of(loaded.model(), loaded.tokenizer().vocabulary()))) {
      throw new CorpusException(
          "The index %s was built with %s, whose weights or vocabulary are not those of %s now;"
              + " search with that model, or build the index anew.",
          folder, description.weights().title(), loaded.name());
    }
  }

  /** The bytes that an index takes on the disk. */
  public static long size(Path folder) throws IOException {
    var bytes = 0L;
    try (var files = Files.list(folder)) {
      for (var file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  /**
   * The tokens whose vectors have the largest product with the query, largest first; those alike in
   * their order in the corpus.
   *
   * @param exact whether all vectors are compared; else a graph leads to most of the nearest
   */
  List<Neighbour> nearest(VectorField field, float[] query, int count, boolean exact) {
    try {
      var scored =
          exact || field.by() == SearchBy.CONTEXT || !description.graph()
              ? compared(field, query, count)
              : found(field, query, count);
      return neighbours(scored);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lucene's score of a product p is (1 + p) / 2. */
  private static double product(float score) {
    return 2.0 * score - 1;
  }

  private List<Scored> found(VectorField field, float[] query, int count) throws IOException {
    var nearest = new KnnFloatVectorQuery(field.name(), query, count);
    var top = new IndexSearcher(reader).search(nearest, count);
    var scored = new ArrayList<Scored>();
    for (var hit : top.scoreDocs) {
      scored.add(new Scored(hit.doc, product(hit.score)));
    }
    return scored;
  }

  private List<Scored> compared(VectorField field, float[] query, int count) throws IOException {
    var worstFirst =
        Comparator.comparingDouble(Scored::score)
            .thenComparing(Comparator.comparingInt(Scored::document).reversed());
    var best = new PriorityQueue<>(worstFirst);
    for (var leaf : reader.leaves()) {
      var vectors = leaf.reader().getFloatVectorValues(field.name());
      if (vectors == null) {
        continue;
      }
      var scorer = vectors.scorer(query);
      var documents = scorer.iterator();
      for (var document = documents.nextDoc();
          document != DocIdSetIterator.NO_MORE_DOCS;
          document = documents.nextDoc()) {
        best.add(new Scored(leaf.docBase + document, product(scorer.score())));
        if (best.size() > count) {
          best.remove();
        }
      }
    }
    return List.copyOf(best);
  }

  private List<Neighbour> neighbours(List<Scored> scored) throws IOException {
    var stored = reader.storedFields();
    var all = new ArrayList<Neighbour>();
    for (var hit : scored) {
      all.add(
          new Neighbour(
              stored.document(hit.document()).get(CorpusIndexer.TEXT),
              number(CorpusIndexer.SENTENCE, hit.document()),
              (int) number(CorpusIndexer.POSITION, hit.document()),
              hit.score()));
    }
    all.sort(
        Comparator.comparingDouble(Neighbour::score)
            .reversed()
            .thenComparing(Neighbour::sentence)
            .thenComparing(Neighbour::position));
    return all;
  }

  private long number(String field, int document) throws IOException {
    for (var leaf : reader.leaves()) {
      var local = document - leaf.docBase;
      if (local >= 0 && local < leaf.reader().maxDoc()) {
        var values = DocValues.getNumeric(leaf.reader(), field);
        values.advanceExact(local);
        return values.longValue();
      }
    }
    throw new IllegalArgumentException("There is no document " + document + ".");
  }

  @Override
  public void close() throws IOException {
    reader.close();
    directory.close();
  }
}
