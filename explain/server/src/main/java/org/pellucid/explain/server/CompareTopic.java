package org.pellucid.explain.server;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pellucid.explain.server.Field.Type;
import org.pellucid.explain.server.http.Refusal;
import org.pellucid.explain.text.ComparedWord;
import org.pellucid.explain.text.ComparedWord.Vector;
import org.pellucid.explain.text.WordComparison;
import org.pellucid.explain.text.WordDistances.Metric;
import org.pellucid.explain.view.DistancePage;
import org.pellucid.explain.view.Page;

/** How far apart one word's vectors are in several sentences. */
final class CompareTopic {
  private static final int MOST_SENTENCES = 100;

  static final TextTopic TOPIC =
      new TextTopic(
          "compare",
          "Comparison",
          "How far apart one word's vectors are in several sentences, layer by layer.",
          List.of(
              Field.required("word", Type.TEXT, "It must stand in every sentence."),
              Field.required(
                  "sentences", Type.TEXTS, "At most 100; the n-th row of a table is the n-th's."),
              Field.optional(
                  "layer", Type.NUMBER, "Shown first; 0 is the embeddings; default: the last."),
              Field.optional(
                  "metric", Type.TEXT, "Shown first: euclidean (default), cosine or dot."),
              Field.optional(
                  "groups", Type.TEXTS, "A group for each sentence; default: found by distances."),
              Field.optional(
                  "vector", Type.TEXT, "Of a word of several tokens: first (default) or mean.")),
          Map.of(
              "word",
              "bank",
              "sentences",
              List.of(
                  "He sat on the bank of the river.",
                  "The river broke through its bank.",
                  "She put the money in the bank.",
                  "The bank lent us the money.")),
          TextTopic.View.PAGE,
          "DistancePage",
          CompareTopic::page);

  private CompareTopic() {}

  private static Page page(TextSession session, Given given) {
    var sentences = given.texts("sentences");
    if (sentences.size() > MOST_SENTENCES) {
      throw new Refusal(
          422,
          "These are %d sentences, but at most %d are compared; the command line takes more."
              .formatted(sentences.size(), MOST_SENTENCES));
    }
    var metric =
        Metric.named(given.optionalText("metric").orElse("euclidean"))
            .orElseThrow(() -> new Refusal(422, "The metric must be euclidean, cosine or dot."));
    var explanations = session.explanations();
    var layer = given.optionalNumber("layer").orElse(session.loaded().model().config().layers());
    explanations.checkLayer(layer);
    var word = new ComparedWord(new ComparedWord.Word(given.text("word")), vector(given));
    var groups = Optional.of(given.texts("groups")).filter(labels -> !labels.isEmpty());
    var found = WordComparison.of(explanations.distances(word, sentences), groups, layer);
    return DistancePage.of(session.name(), found, metric);
  }

  private static Vector vector(Given given) {
    return switch (given.optionalText("vector").orElse("first")) {
      case "first" -> Vector.FIRST;
      case "mean" -> Vector.MEAN;
      default -> throw new Refusal(422, "The vector must be first or mean.");
    };
  }
}
