package org.pellucid.explain.search;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.pellucid.weights.AtomicFile;

/**
 * The tokens of a corpus that are nearest to one of a text.
 *
 * @param request what was looked for
 * @param model which weights computed it
 * @param corpus the name of the text that was searched
 * @param exact whether all vectors were compared; else a graph led to most of the nearest
 * @param tokens of the request's text, as the model sees them
 * @param written the same without masks
 * @param query the request's text in the form of a hit; its similarity is 1
 * @param hits nearest first
 * @param layers how often each part of speech stands among the hits of each layer of the index
 */
public record SearchResult(
    SearchRequest request,
    String model,
    String corpus,
    boolean exact,
    List<String> tokens,
    List<String> written,
    Hit query,
    List<Hit> hits,
    List<LayerTags> layers) {
  /** Copies the lists. */
  public SearchResult {
    tokens = List.copyOf(tokens);
    written = List.copyOf(written);
    hits = List.copyOf(hits);
    layers = List.copyOf(layers);
  }

  /**
   * The parts of speech of one layer's hits.
   *
   * @param layer from 0, see {@link SearchBy}
   * @param counts of hits by tag; an empty tag is one that isn't known
   * @param similarity mean of the hits' similarities
   */
  public record LayerTags(int layer, Map<String, Integer> counts, double similarity) {
    /** The share of the hits with one of some tags, 0..1. */
    public double share(List<String> tags) {
      var all = counts.values().stream().mapToInt(Integer::intValue).sum();
      return all == 0
          ? 0
          : tags.stream().mapToInt(tag -> counts.getOrDefault(tag, 0)).sum() / (double) all;
    }
  }

  /** The same with another name of the model, such as one that tells no folder. */
  public SearchResult withModel(String name) {
    return new SearchResult(request, name, corpus, exact, tokens, written, query, hits, layers);
  }

  /** The content of {@code hits.json}. */
  public String json() {
    try {
      return new JsonMapper().writerWithDefaultPrettyPrinter().writeValueAsString(this);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes {@code hits.json}.
   *
   * @throws UncheckedIOException if it can't be written
   */
  public void save(Path directory) {
    var file = directory.resolve("hits.json");
    try {
      AtomicFile.write(file, temporary -> Files.writeString(temporary, json()));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The file %s can't be written; choose another place.".formatted(file), e);
    }
  }
}
