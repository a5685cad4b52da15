package org.pellucid.explain.server;

import static org.pellucid.engine.tensor.Shapes.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.pellucid.engine.Engine;
import org.pellucid.explain.search.CorpusIndex;
import org.pellucid.explain.search.CorpusSearch;
import org.pellucid.explain.server.ModelCache.Known;
import org.pellucid.explain.server.http.Refusal;
import org.pellucid.models.zoo.BertModels;
import org.pellucid.models.zoo.WeightsOrigin;

/**
 * The indexes that requests may choose from, by names that whoever runs the server gave, each with
 * the model that it was built with.
 *
 * <p>The server knows the search as it knows the other libraries whose topics it offers, and the
 * search knows nothing of servers. If the command line handed this topic in, fields, routes and
 * descriptions of topics would have to be public, and the command line would do more than parse and
 * print.
 */
final class ServedIndexes implements Choice, AutoCloseable {
  private static final Field INDEX =
      Field.optional("index", Field.Type.TEXT, "An index's name; default: the first.");

  private final Map<String, Served> indexes = new LinkedHashMap<>();

  private record Served(CorpusSearch search, Known<BertModels.Loaded> model) {}

  private ServedIndexes() {}

  /**
   * Opens indexes and reads their models, so that one which doesn't fit is refused at once.
   *
   * @param folders that indexes were built in; each index is called by its folder's own name
   * @param models that are offered; an index's model is taken from them if it is among them
   * @throws IllegalArgumentException if two indexes have one name, or a model isn't there
   * @throws org.pellucid.weights.UnusableFileException if a folder holds no index, or a model isn't
   *     the one that its index was built with
   * @throws IOException if a file can't be read
   * @throws CancellationException if the thread is interrupted
   */
  static ServedIndexes open(
      Engine engine, List<Path> folders, ServedModels models, ModelCache cache) throws IOException {
    var all = new ServedIndexes();
    var known = new HashMap<WeightsOrigin, Known<BertModels.Loaded>>();
    try {
      for (var folder : folders) {
        var name = folder.toAbsolutePath().normalize().getFileName().toString();
        check(
            !all.indexes.containsKey(name), "Two indexes are called %s; rename one's folder", name);
        all.indexes.put(name, opened(engine, folder, models, cache, known));
      }
      return all;
    } catch (InterruptedException e) {
      all.close();
      Thread.currentThread().interrupt();
      throw new CancellationException("The start was interrupted.");
    } catch (IOException | RuntimeException e) {
      all.close();
      throw e;
    }
  }

  private static Served opened(
      Engine engine,
      Path folder,
      ServedModels models,
      ModelCache cache,
      Map<WeightsOrigin, Known<BertModels.Loaded>> known)
      throws IOException, InterruptedException {
    var index = CorpusIndex.open(folder);
    try {
      var origin = index.description().weights();
      if (!known.containsKey(origin)) {
        known.put(origin, model(folder, origin, models));
      }
      var served = new Served(new CorpusSearch(engine, index), known.get(origin));
      try (var lease = cache.lease(served.model())) {
        served.search().check(lease.model());
      }
      return served;
    } catch (IOException | InterruptedException | RuntimeException e) {
      index.close();
      throw e;
    }
  }

  private static Known<BertModels.Loaded> model(
      Path folder, WeightsOrigin origin, ServedModels models) throws IOException {
    return models
        .withWeights(origin)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The index %s was built with %s, which isn't on this machine; name it by --models, or the folder of that name where it is now"
                        .formatted(folder, origin.title())));
  }

  @Override
  public Field field() {
    return INDEX;
  }

  @Override
  public List<String> names() {
    return List.copyOf(indexes.keySet());
  }

  @Override
  public Chosen chosen(Given given) {
    var name = given.optionalText(INDEX.name()).orElseGet(() -> indexes.keySet().iterator().next());
    return new Chosen(name, served(name).model());
  }

  /**
   * Searches an index.
   *
   * @throws Refusal 422 if there is none of that name
   */
  CorpusSearch search(String name) {
    return served(name).search();
  }

  private Served served(String name) {
    return Optional.ofNullable(indexes.get(name))
        .orElseThrow(
            () ->
                new Refusal(
                    422,
                    "The server has no index of that name; choose one of %s."
                        .formatted(String.join(", ", names()))));
  }

  /** What is told of each. */
  List<Map<String, Object>> described() {
    return indexes.entrySet().stream().map(e -> described(e.getKey(), e.getValue())).toList();
  }

  private static Map<String, Object> described(String name, Served served) {
    var index = served.search().index().description();
    var told = new LinkedHashMap<String, Object>();
    told.put("name", name);
    told.put("model", served.model().name());
    told.put("corpus", index.corpus());
    told.put("sentences", index.sentences());
    told.put("tokens", index.tokens());
    told.put("layers", index.layers());
    told.put("contexts", index.contexts());
    return told;
  }

  @Override
  public void close() {
    for (var served : indexes.values()) {
      try {
        served.search().index().close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
