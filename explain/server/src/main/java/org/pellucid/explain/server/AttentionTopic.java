package org.pellucid.explain.server;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.pellucid.explain.server.Field.Type;
import org.pellucid.explain.text.AttentionStudy;
import org.pellucid.explain.view.AttentionPage;
import org.pellucid.explain.view.Page;

/** What the heads of a model attend to in a text, whole and with tokens masked. */
final class AttentionTopic {
  static final TextTopic TOPIC =
      new TextTopic(
          "attention",
          "Attention",
          "What each head of each layer attends to in a text, and which tokens are predicted.",
          List.of(
              Field.required("text", Type.TEXT, "The text; [MASK] in it is predicted."),
              Field.optional("pair", Type.TEXT, "A second text."),
              Field.optional(
                  "masked", Type.NUMBERS, "Positions of tokens to mask, counted from 0 = [CLS]."),
              Field.optional(
                  "target",
                  Type.TEXT,
                  "The word whose score at the first masked token attention times gradient"
                      + " explains; default: the likeliest, for a text of up to 64 tokens."),
              Field.optional(
                  "neurons",
                  Type.NUMBERS,
                  "Layers whose queries and keys are given; default: all of a short text."),
              KeptPositions.FIELD),
          Map.of(
              "text",
              "The nurse examined the farmer for injuries because she was caring.",
              "masked",
              List.of(9)),
          TextTopic.View.PAGE,
          "AttentionPage",
          AttentionTopic::page);

  private AttentionTopic() {}

  private static Page page(TextSession session, Given given) {
    var tokenizer = session.loaded().tokenizer();
    var text = given.text("text");
    var tokens =
        given
            .optionalText("pair")
            .map(pair -> tokenizer.encode(text, pair))
            .orElseGet(() -> tokenizer.encode(text));
    var scope =
        new AttentionStudy.Scope(
            given.optionalText("target"),
            Arrays.stream(given.numbers("neurons")).boxed().toList(),
            false);
    var masked = KeptPositions.of(given, tokens).now(given.numbers("masked"));
    return AttentionPage.of(session.name(), session.explanations(), tokens, masked, scope);
  }
}
