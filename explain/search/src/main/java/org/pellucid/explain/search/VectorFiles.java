package org.pellucid.explain.search;

import java.io.IOException;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.MergeState;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.util.IORunnable;

/**
 * Lucene's files of vectors, with a graph for the embeddings alone, and there only in the segment
 * that all others are merged into. A graph of contexts would be of all heads at once, useless for a
 * choice of them, and graphs of segments that are merged later would be built for nothing. Lucene
 * reads all of it without this class.
 */
final class VectorFiles {
  private static final int CONNECTIONS = Lucene99HnswVectorsFormat.DEFAULT_MAX_CONN;
  private static final int BREADTH = Lucene99HnswVectorsFormat.DEFAULT_BEAM_WIDTH;

  /** Lucene's own limit is 1,024, the width of BERT-large; its files hold any number. */
  private static final int MOST_DIMENSIONS = 1 << 14;

  private VectorFiles() {}

  /**
   * A codec under Lucene's own name.
   *
   * @param onMerged runs when a field has been merged
   */
  static Codec codec(Runnable onMerged) {
    var embeddings = new Format(true, onMerged);
    var contexts = new Format(false, onMerged);
    return new Lucene104Codec() {
      @Override
      public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return field.startsWith(SearchBy.EMBEDDING.text()) ? embeddings : contexts;
      }
    };
  }

  private static final class Format extends KnnVectorsFormat {
    private final KnnVectorsFormat graph = withGraphFrom(0);
    private final KnnVectorsFormat flat = withGraphFrom(Integer.MAX_VALUE);
    private final boolean wantsGraph;
    private final Runnable onMerged;

    Format(boolean wantsGraph, Runnable onMerged) {
      super(new Lucene99HnswVectorsFormat().getName());
      this.wantsGraph = wantsGraph;
      this.onMerged = onMerged;
    }

    /** One thread merges, so that the same corpus gives the same graph. */
    private static KnnVectorsFormat withGraphFrom(int size) {
      return new Lucene99HnswVectorsFormat(CONNECTIONS, BREADTH, 1, null, size);
    }

    @Override
    public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
      var isMerged = state.context.context() == IOContext.Context.MERGE;
      return new Writer((wantsGraph && isMerged ? graph : flat).fieldsWriter(state), onMerged);
    }

    @Override
    public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
      return graph.fieldsReader(state);
    }

    @Override
    public int getMaxDimensions(String field) {
      return MOST_DIMENSIONS;
    }
  }

  /** Tells of each field that has been merged, which may take minutes. */
  private static final class Writer extends KnnVectorsWriter {
    private final KnnVectorsWriter writer;
    private final Runnable onMerged;

    Writer(KnnVectorsWriter writer, Runnable onMerged) {
      this.writer = writer;
      this.onMerged = onMerged;
    }

    @Override
    public KnnFieldVectorsWriter<?> addField(FieldInfo field) throws IOException {
      return writer.addField(field);
    }

    @Override
    public void flush(int documents, Sorter.DocMap order) throws IOException {
      writer.flush(documents, order);
    }

    /** Lucene returns what is left to do, or null. */
    @Override
    public IORunnable mergeOneField(FieldInfo field, MergeState state) throws IOException {
      var rest = writer.mergeOneField(field, state);
      return () -> {
        if (rest != null) {
          rest.run();
        }
        onMerged.run();
      };
    }

    @Override
    public void finish() throws IOException {
      writer.finish();
    }

    @Override
    public void close() throws IOException {
      writer.close();
    }

    @Override
    public long ramBytesUsed() {
      return writer.ramBytesUsed();
    }
  }
}
