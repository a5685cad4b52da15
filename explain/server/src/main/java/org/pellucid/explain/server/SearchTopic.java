package org.pellucid.explain.server;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.pellucid.explain.search.CorpusException;
import org.pellucid.explain.search.CorpusSearch;
import org.pellucid.explain.search.SearchBy;
import org.pellucid.explain.search.SearchPage;
import org.pellucid.explain.search.SearchQuestion;
import org.pellucid.explain.search.SearchRequest;
import org.pellucid.explain.server.Field.Type;
import org.pellucid.explain.server.http.Refusal;
import org.pellucid.explain.view.Page;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which tokens of an indexed corpus a model represents like one of a text. */
final class SearchTopic {
  private static final Logger LOG = LoggerFactory.getLogger(SearchTopic.class);

  private static final List<Field> FIELDS =
      List.of(
          Field.required("text", Type.TEXT, "The text with the token that is looked for."),
          Field.optional(
              "position", Type.NUMBER, "The token; 0 is [CLS]; default: the text's first."),
          Field.optional("word", Type.TEXT, "The token's word, instead of its position."),
          Field.optional(
              "masked", Type.NUMBERS, "Positions of tokens to mask, counted from 0 = [CLS]."),
          Field.optional(
              "layer", Type.NUMBER, "0 is the embeddings; default: the index's last layer."),
          Field.optional(
              "by",
              Type.TEXT,
              "embedding (default), or context: what the heads of encoder layer N, from 0, read."),
          Field.optional(
              "heads",
              Type.NUMBERS,
              "Heads whose contexts and attention count, from 0; default: all."),
          Field.optional(
              "best",
              Type.NUMBER,
              "Hits, 1 to 1000; default: %d.".formatted(SearchRequest.STANDARD_BEST)),
          Field.optional(
              "exact", Type.FLAG, "Compares all vectors; else a graph finds most of them."),
          KeptPositions.FIELD);

  private SearchTopic() {}

  static TextTopic of(ServedIndexes indexes) {
    return new TextTopic(
        "search",
        "Search",
        "Which words of a corpus a model represents like one of a text, and what they attend to.",
        FIELDS,
        Map.of(
            "text",
            "The police officer is popular with the residents because she is very generous and"
                + " kind.",
            "position",
            3,
            "masked",
            List.of(3)),
        TextTopic.View.PAGE,
        "SearchPage",
        (session, given) -> page(indexes.search(given.text("index")), session, given));
  }

  private static Page page(CorpusSearch search, TextSession session, Given given) {
    var description = search.index().description();
    var loaded = session.loaded();
    try {
      var kept = KeptPositions.of(given, loaded.tokenizer().encode(given.text("text")));
      var question = question(given, kept);
      var found = search.search(loaded, question.to(description, loaded.tokenizer()));
      return SearchPage.of(found.withModel(session.name()), description);
    } catch (CorpusException e) {
      LOG.error("the index {} can't be searched any more", given.text("index"), e);
      throw new Refusal(
          500, "The index's model has changed since the server was started; its log tells how.");
    }
  }

  private static SearchQuestion question(Given given, KeptPositions kept) {
    var position = given.optionalNumber("position");
    return new SearchQuestion(
        given.text("text"),
        position.isPresent() ? kept.now(position.getAsInt()) : position,
        given.optionalText("word"),
        kept.now(given.numbers("masked")),
        given.optionalNumber("layer"),
        by(given.optionalText("by").orElse(SearchBy.EMBEDDING.text())),
        Arrays.stream(given.numbers("heads")).boxed().toList(),
        given.optionalNumber("best").orElse(SearchRequest.STANDARD_BEST),
        given.flag("exact"));
  }

  private static SearchBy by(String name) {
    return SearchBy.named(name)
        .orElseThrow(() -> new Refusal(422, "A search is by embedding or context."));
  }
}
