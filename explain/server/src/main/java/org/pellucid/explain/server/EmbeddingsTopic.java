package org.pellucid.explain.server;

import java.util.List;
import java.util.Map;
import org.pellucid.explain.server.Field.Type;
import org.pellucid.explain.view.EmbeddingPage;
import org.pellucid.explain.view.Page;

/** How the tokens of a question and its context move through the layers. */
final class EmbeddingsTopic {
  static final TextTopic TOPIC =
      new TextTopic(
          "embeddings",
          "Embeddings",
          "How the tokens of a question and its context move through the layers.",
          List.of(
              Field.required("question", Type.TEXT, "The first text."),
              Field.required("context", Type.TEXT, "The second text, which holds the answer."),
              Field.optional(
                  "answer",
                  Type.TEXT,
                  "Its words are emphasised; default: what the model answers, if it can.")),
          Map.of(
              "question", "What is Emily afraid of?",
              "context",
                  "Wolves are afraid of cats. Sheep are afraid of wolves. Mice are afraid of sheep."
                      + " Gertrude is a mouse. Jessica is a mouse. Emily is a wolf.",
              "answer", "cats"),
          TextTopic.View.PAGE,
          "EmbeddingPage",
          EmbeddingsTopic::page);

  private EmbeddingsTopic() {}

  private static Page page(TextSession session, Given given) {
    var found =
        session
            .explanations()
            .embedding(
                given.text("question"), given.text("context"), given.optionalText("answer"), 0);
    return EmbeddingPage.of(session.name(), List.of(found));
  }
}
