package org.pellucid.explain.search;

import static org.pellucid.engine.tensor.Shapes.check;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.pellucid.models.bert.Tokens;

/** Writes the vectors of a corpus's tokens; sentences wait until there are enough for batches. */
final class CorpusIndexer {
  static final String SENTENCE = "sentence";
  static final String POSITION = "position";
  static final String TEXT = "text";

  /** Sentences of about so many tokens are sorted by length before they are encoded. */
  private static final int WAITING_TOKENS = 1 << 13;

  /** Positions of a batch: their vectors take 80 MB in BERT-base with all layers. */
  private static final int BATCH_POSITIONS = 1 << 10;

  private final SentenceEncoder encoder;
  private final List<VectorField> fields;
  private final IndexWriter writer;
  private final List<Numbered> waiting = new ArrayList<>();
  private int waitingTokens;
  private long sentences;
  private long tokens;

  private record Numbered(long number, Tokens tokens) {}

  CorpusIndexer(SentenceEncoder encoder, List<VectorField> fields, IndexWriter writer) {
    this.encoder = encoder;
    this.fields = fields;
    this.writer = writer;
  }

  void add(List<Tokens> added) throws IOException {
    for (var sentence : added) {
      waiting.add(new Numbered(sentences++, sentence));
      waitingTokens += sentence.size();
      if (waitingTokens >= WAITING_TOKENS) {
        flush();
      }
    }
  }

  /** Encodes and writes what waits. */
  void flush() throws IOException {
    var byWidth = new TreeMap<Integer, List<Numbered>>();
    for (var sentence : waiting) {
      byWidth
          .computeIfAbsent(encoder.width(sentence.tokens()), _ -> new ArrayList<>())
          .add(sentence);
    }
    waiting.clear();
    waitingTokens = 0;
    for (var alike : byWidth.entrySet()) {
      var size = Math.max(1, BATCH_POSITIONS / alike.getKey());
      var all = alike.getValue();
      for (var from = 0; from < all.size(); from += size) {
        write(all.subList(from, Math.min(all.size(), from + size)));
      }
    }
  }

  private void write(List<Numbered> batch) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("The indexing was cancelled.");
    }
    var encoded = encoder.encode(batch.stream().map(Numbered::tokens).toList(), fields);
    for (var i = 0; i < batch.size(); i++) {
      var sentence = batch.get(i);
      for (var position : positions(sentence.tokens())) {
        var document = new Document();
        document.add(new NumericDocValuesField(SENTENCE, sentence.number()));
        document.add(new NumericDocValuesField(POSITION, position));
        document.add(new StoredField(TEXT, sentence.tokens().first()));
        for (var field : fields) {
          var vector = encoded.vector(field, i, position);
          document.add(
              new KnnFloatVectorField(field.name(), vector, VectorSimilarityFunction.DOT_PRODUCT));
        }
        writer.addDocument(document);
        tokens++;
      }
    }
    check(tokens < IndexWriter.MAX_DOCS, "The corpus has more than %d tokens; split it", tokens);
  }

  private static int[] positions(Tokens tokens) {
    return IntStream.range(1, tokens.size() - 1).toArray();
  }

  long sentences() {
    return sentences;
  }

  long tokens() {
    return tokens;
  }
}
