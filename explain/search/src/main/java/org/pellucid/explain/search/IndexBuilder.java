package org.pellucid.explain.search;

import static org.pellucid.engine.tensor.Shapes.check;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.apache.lucene.util.ThreadInterruptedException;
import org.pellucid.engine.Engine;
import org.pellucid.models.zoo.BertModels;

/**
 * Builds an index beside its final place and moves it there when it is whole. What a build that was
 * killed has left, {@code NAME.building}, is never opened; the next build clears it away and begins
 * anew.
 */
final class IndexBuilder {
  /** Lucene's buffer before it writes a segment. */
  private static final double BUFFER_MEGABYTES = 256;

  private static final String BUILDING_GRAPHS = "building graphs";
  private static final double LARGEST_SEGMENT_MEGABYTES = 1e9;

  private final Engine engine;
  private final BertModels.Loaded loaded;
  private final Path target;
  private final Path building;

  IndexBuilder(Engine engine, BertModels.Loaded loaded, Path target) {
    this.engine = engine;
    this.loaded = loaded;
    this.target = target.toAbsolutePath().normalize();
    this.building = this.target.resolveSibling(this.target.getFileName() + ".building");
  }

  IndexDescription build(Corpus corpus, IndexOptions options, IndexProgress progress)
      throws IOException {
    var layers = layers(options);
    checkTarget();
    var extent = corpus.extent();
    Files.createDirectories(target.getParent());
    var lock = building.getFileName() + ".lock";
    try (var parent = FSDirectory.open(target.getParent());
        var _ = parent.obtainLock(lock)) {
      deleteTree(building);
      try {
        var described = fill(corpus, extent, layers, options, progress);
        publish();
        return described;
      } finally {
        deleteTree(building);
      }
    } catch (LockObtainFailedException e) {
      throw CorpusException.because(
          e, "Another process is building the index %s; wait for it, or choose another.", target);
    } catch (ClosedByInterruptException | ThreadInterruptedException | CancellationException e) {
      Thread.currentThread().interrupt(); // Lucene forgets it where it waits
      throw new CancellationException("The indexing was cancelled.");
    } finally {
      Files.deleteIfExists(target.resolveSibling(lock));
    }
  }

  private IndexDescription fill(
      Corpus corpus,
      Corpus.Extent extent,
      List<Integer> layers,
      IndexOptions options,
      IndexProgress progress)
      throws IOException {
    try (var directory = FSDirectory.open(building)) {
      var fields = IndexDescription.fields(layers, options.contexts(), modelLayers());
      var indexed = write(directory, corpus, extent, fields, progress);
      var hasGraph = indexed.tokens() >= options.graphFrom();
      if (hasGraph) {
        merge(directory, fields.size(), progress);
      }
      var config = loaded.model().config();
      var described =
          new IndexDescription(
              IndexDescription.FORMAT,
              loaded.origin(),
              Digests.of(loaded.model(), loaded.tokenizer().vocabulary()),
              config.hiddenSize(),
              config.layers(),
              config.heads(),
              layers,
              options.contexts(),
              hasGraph,
              corpus.name(),
              extent.sha256(),
              indexed.sentences(),
              indexed.tokens());
      described.write(building);
      return described;
    }
  }

  private int modelLayers() {
    return loaded.model().config().layers();
  }

  private List<Integer> layers(IndexOptions options) {
    var count = modelLayers();
    for (int layer : options.layers()) {
      check(
          layer >= 0 && layer <= count,
          "The layer is %d, but this model's layers are 0..%d",
          layer,
          count);
    }
    return options.layers().isEmpty()
        ? IntStream.rangeClosed(0, count).boxed().toList()
        : options.layers().stream().sorted().distinct().toList();
  }

  /** Only an index is replaced: whatever else stands there is somebody's. */
  private void checkTarget() throws IOException {
    if (!Files.exists(target) || Files.isRegularFile(target.resolve(IndexDescription.FILE))) {
      return;
    }
    var isFolder = Files.isDirectory(target);
    try (var content = isFolder ? Files.list(target) : Stream.of(target)) {
      if (content.findAny().isPresent()) {
        throw new CorpusException(
            "%s is there and is no index; choose another place for it.", target);
      }
    }
  }

  private static IndexWriterConfig settings(Runnable onMerged) {
    return new IndexWriterConfig()
        .setCodec(VectorFiles.codec(onMerged))
        .setUseCompoundFile(false)
        .setRAMBufferSizeMB(BUFFER_MEGABYTES)
        .setMergeScheduler(new SerialMergeScheduler());
  }

  private CorpusIndexer write(
      FSDirectory directory,
      Corpus corpus,
      Corpus.Extent extent,
      List<VectorField> fields,
      IndexProgress progress)
      throws IOException {
    var vocabulary = loaded.tokenizer().vocabulary();
    var encoder = new SentenceEncoder(engine, loaded.model(), vocabulary.padId());
    var splitter = new SentenceSplitter(loaded.tokenizer());
    try (var writer =
        new IndexWriter(directory, settings(() -> {}).setMergePolicy(NoMergePolicy.INSTANCE))) {
      var indexer = new CorpusIndexer(encoder, fields, writer);
      corpus.read(
          (paragraph, read) -> {
            indexer.add(splitter.split(paragraph));
            progress.update("reading", read, extent.characters());
          });
      indexer.flush();
      if (indexer.tokens() == 0) {
        throw new CorpusException(
            "The tokenizer finds no word in the corpus %s; give a text with words.", corpus.name());
      }
      return indexer;
    }
  }

  /** Makes one segment of all, whose graphs are then built once. */
  private static void merge(FSDirectory directory, int fields, IndexProgress progress)
      throws IOException {
    var merging = new TieredMergePolicy().setMaxMergedSegmentMB(LARGEST_SEGMENT_MEGABYTES);
    merging.setNoCFSRatio(0);
    var done = new AtomicInteger();
    progress.update(BUILDING_GRAPHS, 0, fields);
    Runnable onMerged = () -> progress.update(BUILDING_GRAPHS, done.incrementAndGet(), fields);
    try (var writer = new IndexWriter(directory, settings(onMerged).setMergePolicy(merging))) {
      writer.forceMerge(1);
    }
  }

  /** Puts the finished index in its place, and an older one out of it. */
  private void publish() throws IOException {
    var old = target.resolveSibling(target.getFileName() + ".old");
    deleteTree(old);
    if (Files.exists(target)) {
      Files.move(target, old, StandardCopyOption.ATOMIC_MOVE);
    }
    Files.move(building, target, StandardCopyOption.ATOMIC_MOVE);
    deleteTree(old);
  }

  private static void deleteTree(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var files = Files.walk(folder)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
