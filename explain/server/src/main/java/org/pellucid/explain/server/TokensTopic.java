package org.pellucid.explain.server;

import java.util.List;
import java.util.Map;
import org.pellucid.explain.server.Field.Type;

/** How a model's tokenizer splits texts. */
final class TokensTopic {
  static final TextTopic TOPIC =
      new TextTopic(
          "tokens",
          "Tokens",
          "How a model's tokenizer splits texts: pieces, their ids, and where they stand.",
          List.of(Field.required("texts", Type.TEXTS, "The texts.")),
          Map.of("texts", List.of("Unaffable wolves howl.")),
          TextTopic.View.DATA,
          "Tokens",
          TokensTopic::data);

  /** One text, as {@code text tokens --json} prints it. */
  private record TokenizedText(String text, List<String> tokens, int[] ids, List<int[]> offsets) {}

  private TokensTopic() {}

  private static Object data(TextSession session, Given given) {
    return given.texts("texts").stream()
        .map(
            text -> {
              var tokens = session.loaded().tokenizer().encode(text);
              var offsets =
                  tokens.list().stream()
                      .map(token -> new int[] {token.start(), token.end()})
                      .toList();
              return new TokenizedText(text, tokens.pieces(), tokens.ids(), offsets);
            })
        .toList();
  }
}
