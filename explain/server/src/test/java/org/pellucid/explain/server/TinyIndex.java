package org.pellucid.explain.server;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.pellucid.engine.Engine;
import org.pellucid.explain.search.Corpus;
import org.pellucid.explain.search.CorpusIndex;
import org.pellucid.explain.search.IndexOptions;
import org.pellucid.models.zoo.BertModels;

/** Builds indexes of short texts. */
final class TinyIndex {
  private TinyIndex() {}

  /** The folders of indexes of texts by a model, in the order of their names. */
  static List<Path> build(Path directory, Path model, Map<String, String> corpora)
      throws IOException {
    var folders = new ArrayList<Path>();
    for (var corpus : new TreeMap<>(corpora).entrySet()) {
      folders.add(build(directory.resolve(corpus.getKey()), model, corpus.getValue()));
    }
    return folders;
  }

  /** The folder of an index of a text. */
  static Path build(Path folder, Path model, String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    var corpus =
        new Corpus(
            folder.getFileName() + ".txt",
            () -> new ByteArrayInputStream(bytes),
            Corpus.Layout.LINES);
    try (var loaded = BertModels.open(model.toString(), _ -> {})) {
      CorpusIndex.build(
          Engine.standard(), loaded, corpus, IndexOptions.standard(), folder, (_, _, _) -> {});
      return folder;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
