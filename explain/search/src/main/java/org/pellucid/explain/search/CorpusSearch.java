package org.pellucid.explain.search;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.pellucid.engine.Engine;
import org.pellucid.explain.search.CorpusIndex.Neighbour;
import org.pellucid.explain.search.SearchResult.LayerTags;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.zoo.BertModels;

/** Asks an index with the model that it was built with; both must stay open meanwhile. */
public final class CorpusSearch {
  private final Engine engine;
  private final BertModels.Loaded loaded;
  private final CorpusIndex index;
  private final SentenceEncoder encoder;
  private final PartsOfSpeech partsOfSpeech = new PartsOfSpeech();

  /**
   * A search with a model.
   *
   * @throws CorpusException if the index was built with other weights or another vocabulary
   */
  public CorpusSearch(Engine engine, BertModels.Loaded loaded, CorpusIndex index) {
    var description = index.description();
    if (!description.fingerprint().equals(fingerprint(loaded))) {
      throw new CorpusException(
          "The index was built with %s, whose weights or vocabulary are not those of %s;"
              + " search with that model, or build another index.",
          description.weights().title(), loaded.name());
    }
    this.engine = engine;
    this.loaded = loaded;
    this.index = index;
    encoder = new SentenceEncoder(engine, loaded.model(), loaded.tokenizer().vocabulary().padId());
  }

  private static String fingerprint(BertModels.Loaded loaded) {
    return Digests.of(loaded.model(), loaded.tokenizer().vocabulary());
  }

  /**
   * The tokens nearest to the one asked for.
   *
   * @throws IllegalArgumentException if the index lacks the layer, the text is too long, or a
   *     position or head doesn't exist
   */
  public SearchResult search(SearchRequest request) {
    var config = loaded.model().config();
    var layers = index.description().layers(request.by());
    check(!layers.isEmpty(), "The index keeps no contexts; build one that does");
    check(
        layers.contains(request.layer()),
        "The index has no %s of layer %d, but of the layers %s",
        request.by().text(),
        request.layer(),
        layers);
    var original = loaded.tokenizer().encode(request.text());
    var tokens = original.maskedAt(request.masked().stream().mapToInt(Integer::intValue).toArray());
    check(original.size() > 2, "The text holds no word; give one with words");
    check(
        request.position() > 0 && request.position() < tokens.size() - 1,
        "The position is %d, but this text's words stand at 1..%d",
        request.position(),
        tokens.size() - 2);
    check(
        request.best() > 0 && request.best() <= SearchRequest.MOST_BEST,
        "The number of hits is %d, but must be from 1 to %d",
        request.best(),
        SearchRequest.MOST_BEST);
    var heads =
        request.heads().isEmpty()
            ? IntStream.range(0, config.heads()).boxed().toList()
            : request.heads().stream().distinct().sorted().toList();
    for (int head : heads) {
      check(
          head >= 0 && head < config.heads(),
          "The head is %d, but this model's heads are 0..%d",
          head,
          config.heads() - 1);
    }
    var fields = layers.stream().map(layer -> new VectorField(request.by(), layer)).toList();
    return result(request, original, new Queries(tokens, request, heads, fields));
  }

  /**
   * A page of the tokens nearest to the one asked for, as a server answers a request.
   *
   * @param title of the page
   * @throws IllegalArgumentException as {@link #search} does
   */
  public SearchPage page(String title, SearchRequest request) {
    return SearchPage.of(title, search(request), index.description());
  }

  /** The query's vectors at all layers, from one pass. */
  private final class Queries {
    private final Tokens tokens;
    private final SearchRequest request;
    private final List<Integer> heads;
    private final SentenceEncoder.Encoded encoded;

    Queries(Tokens tokens, SearchRequest request, List<Integer> heads, List<VectorField> fields) {
      this.tokens = tokens;
      this.request = request;
      this.heads = heads;
      encoded = encoder.encode(List.of(tokens), fields);
    }

    /** Similarities are cosines, or their mean over the chosen heads. */
    List<Neighbour> nearest(int layer) {
      var field = new VectorField(request.by(), layer);
      var vector = encoded.vector(field, 0, request.position());
      if (request.by() == SearchBy.EMBEDDING) {
        return index.nearest(field, vector, request.best(), request.exact());
      }
      var count = loaded.model().config().heads();
      var size = vector.length / count;
      for (var head = 0; head < count; head++) {
        if (!heads.contains(head)) {
          Arrays.fill(vector, head * size, (head + 1) * size, 0);
        }
      }
      var scale = (double) count / heads.size();
      return index.nearest(field, vector, request.best(), true).stream()
          .map(n -> new Neighbour(n.text(), n.sentence(), n.position(), n.score() * scale))
          .toList();
    }
  }

  private SearchResult result(SearchRequest request, Tokens original, Queries queries) {
    var tagged = new Tagged();
    var found = queries.nearest(request.layer());
    var shown = new AttendedSentences(engine, loaded.model(), request.layer(), queries.heads);
    var query = shown.hit(queries.tokens, request.position(), 1, -1, tagged.tags(original.first()));
    var hits = new ArrayList<Hit>();
    for (var neighbour : found) {
      hits.add(
          shown.hit(
              tagged.tokens(neighbour.text()),
              neighbour.position(),
              neighbour.score(),
              neighbour.sentence(),
              tagged.tags(neighbour.text())));
    }
    var layers =
        index.description().layers(request.by()).stream()
            .map(layer -> tags(layer, queries.nearest(layer), tagged))
            .toList();
    return new SearchResult(
        request,
        loaded.name(),
        index.description().corpus(),
        request.exact() || request.by() == SearchBy.CONTEXT || !index.description().graph(),
        queries.tokens.pieces(),
        query,
        hits,
        layers);
  }

  private static LayerTags tags(int layer, List<Neighbour> found, Tagged tagged) {
    var counts = new TreeMap<String, Integer>();
    var similarity = 0.0;
    for (var neighbour : found) {
      counts.merge(
          tagged.tags(neighbour.text()).apply(wordStart(tagged, neighbour)), 1, Integer::sum);
      similarity += neighbour.score() / found.size();
    }
    return new LayerTags(layer, counts, similarity);
  }

  private static int wordStart(Tagged tagged, Neighbour neighbour) {
    var tokens = tagged.tokens(neighbour.text());
    var token = tokens.list().get(neighbour.position());
    var first = tokens.firstTokenOf(Token.Source.FIRST, token.word()).orElseThrow();
    return tokens.list().get(first).start();
  }

  /** Sentences' tokens and tags; several layers find the same sentences. */
  private final class Tagged {
    private final Map<String, Tokens> tokens = new HashMap<>();
    private final Map<String, IntFunction<String>> tags = new HashMap<>();

    Tokens tokens(String text) {
      return tokens.computeIfAbsent(text, loaded.tokenizer()::encode);
    }

    IntFunction<String> tags(String text) {
      synchronized (partsOfSpeech) {
        return tags.computeIfAbsent(text, partsOfSpeech::of);
      }
    }
  }
}
