package org.pellucid.models.bert.answer;

import java.util.Optional;
import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.Tokens;

/**
 * A question with a part of its context as a model's input: {@code [CLS] question [SEP] window
 * [SEP]}.
 *
 * @param tokens the input; the places of the window's tokens are those in the whole context
 * @param position of the window's first token in the input
 * @param first index of that token among the context's tokens, from 0
 * @param count of the context's tokens in the window
 */
public record ContextWindow(Tokens tokens, int position, int first, int count) {
  /** Index after the window's last token among the context's tokens. */
  public int end() {
    return first + count;
  }

  /** The token at an index among the context's tokens. */
  Token contextToken(int index) {
    return tokens.list().get(position + index - first);
  }

  /**
   * Where tokens of the context stand in the input; empty if not all of them do.
   *
   * @param span of indices among the context's tokens, see {@link ContextWindows#tokens}
   * @return positions in the input
   */
  public Optional<TokenSpan> positions(TokenSpan span) {
    return span.first() >= first && span.last() < end()
        ? Optional.of(
            new TokenSpan(position + span.first() - first, position + span.last() - first))
        : Optional.empty();
  }
}
