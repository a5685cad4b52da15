package org.pellucid.explain.text;

import org.pellucid.models.bert.Token;
import org.pellucid.models.bert.Tokens;

/** The likeliest answer among the tokens of a question's context. */
final class AnswerSpan {
  private AnswerSpan() {}

  /**
   * The span of the second text with the largest sum of its start's and its end's logit, the end
   * not before the start.
   *
   * @param logits of the start at each token, then those of the (inclusive) end
   * @return the first and last position
   */
  static int[] best(Tokens tokens, float[] logits) {
    var best = new int[] {0, 0};
    var score = Double.NEGATIVE_INFINITY;
    for (var start = 0; start < tokens.size(); start++) {
      for (var end = start; end < tokens.size() && inContext(tokens, start, end); end++) {
        var sum = logits[start] + logits[tokens.size() + end];
        if (sum > score) {
          score = sum;
          best = new int[] {start, end};
        }
      }
    }
    return best;
  }

  private static boolean inContext(Tokens tokens, int start, int end) {
    var list = tokens.list();
    return list.get(start).source() == Token.Source.SECOND && list.get(end).word() >= 0;
  }
}
