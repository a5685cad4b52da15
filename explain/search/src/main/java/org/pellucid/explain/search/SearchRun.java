package org.pellucid.explain.search;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.pellucid.engine.Engine;
import org.pellucid.explain.search.AttendedSentences.Match;
import org.pellucid.explain.search.CorpusIndex.Neighbour;
import org.pellucid.explain.search.SearchResult.LayerTags;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.Tokens;
import org.pellucid.models.zoo.BertModels;

/** One request's way through model and index. */
final class SearchRun {
  private final Engine engine;
  private final BertModels.Loaded loaded;
  private final CorpusIndex index;
  private final PartsOfSpeech partsOfSpeech;
  private final SearchRequest request;

  /** The text as it was written, and with its masks. */
  private final Tokens original;

  private final Tokens tokens;
  private final List<Integer> layers;
  private final List<Integer> heads;

  /** The query's vectors at all layers, from one pass. */
  private final SentenceEncoder.Encoded query;

  /** Sentences' tokens and tags; several layers find the same sentences. */
  private final Map<String, Tokens> tokensOf = new HashMap<>();

  private final Map<String, IntFunction<String>> tagsOf = new HashMap<>();

  /**
   * Checks a request and computes its vectors.
   *
   * @param loaded the model that the index was built with
   * @throws IllegalArgumentException if the index lacks the layer, the text is too long, or a
   *     position or head doesn't exist
   */
  SearchRun(
      Engine engine,
      BertModels.Loaded loaded,
      CorpusIndex index,
      PartsOfSpeech partsOfSpeech,
      SearchRequest request) {
    this.engine = engine;
    this.loaded = loaded;
    this.index = index;
    this.partsOfSpeech = partsOfSpeech;
    this.request = request;
    layers = index.description().layers(request.by());
    original = loaded.tokenizer().encode(request.text());
    tokens = original.maskedAt(request.masked().stream().mapToInt(Integer::intValue).toArray());
    heads =
        request.heads().isEmpty()
            ? IntStream.range(0, loaded.model().config().heads()).boxed().toList()
            : request.heads().stream().distinct().sorted().toList();
    checkRequest();
    query =
        new SentenceEncoder(engine, loaded.model(), loaded.tokenizer().vocabulary().padId())
            .encode(
                List.of(tokens),
                layers.stream().map(layer -> new VectorField(request.by(), layer)).toList());
  }

  private void checkRequest() {
    check(!layers.isEmpty(), "The index keeps no contexts; build one that does");
    check(
        layers.contains(request.layer()),
        "The index has no %s of layer %d, but of the layers %s",
        request.by().text(),
        request.layer(),
        layers);
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
    var count = loaded.model().config().heads();
    for (int head : heads) {
      check(
          head >= 0 && head < count,
          "The head is %d, but this model's heads are 0..%d",
          head,
          count - 1);
    }
  }

  SearchResult result() {
    var found = nearest(request.layer());
    var shown = new AttendedSentences(engine, loaded.model(), request.layer(), heads);
    var matches = new ArrayList<Match>();
    matches.add(new Match(tokens, request.position(), 1, -1, tags(original.first())));
    for (var neighbour : found) {
      matches.add(
          new Match(
              tokens(neighbour.text()),
              neighbour.position(),
              neighbour.score(),
              neighbour.sentence(),
              tags(neighbour.text())));
    }
    var hits = shown.hits(matches);
    return new SearchResult(
        request,
        loaded.name(),
        index.description().corpus(),
        request.exact() || request.by() == SearchBy.CONTEXT || !index.description().graph(),
        tokens.pieces(),
        original.pieces(),
        hits.getFirst(),
        hits.subList(1, hits.size()),
        layers.stream().map(layer -> tags(layer, nearest(layer))).toList());
  }

  private static void checkCancelled() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("The search was cancelled.");
    }
  }

  /** Similarities are cosines, or their mean over the chosen heads. */
  private List<Neighbour> nearest(int layer) {
    checkCancelled();
    var field = new VectorField(request.by(), layer);
    var vector = query.vector(field, 0, request.position());
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

  private LayerTags tags(int layer, List<Neighbour> found) {
    var counts = new TreeMap<String, Integer>();
    var similarity = 0.0;
    for (var neighbour : found) {
      counts.merge(tags(neighbour.text()).apply(wordStart(neighbour)), 1, Integer::sum);
      similarity += neighbour.score() / found.size();
    }
    return new LayerTags(layer, counts, similarity);
  }

  private int wordStart(Neighbour neighbour) {
    var sentence = tokens(neighbour.text());
    var token = sentence.list().get(neighbour.position());
    var first = sentence.firstTokenOf(Token.Source.FIRST, token.word()).orElseThrow();
    return sentence.list().get(first).start();
  }

  private Tokens tokens(String text) {
    return tokensOf.computeIfAbsent(text, loaded.tokenizer()::encode);
  }

  private IntFunction<String> tags(String text) {
    synchronized (partsOfSpeech) {
      return tagsOf.computeIfAbsent(text, partsOfSpeech::of);
    }
  }
}
