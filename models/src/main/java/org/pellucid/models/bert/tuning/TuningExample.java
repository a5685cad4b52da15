package org.pellucid.models.bert.tuning;

import static org.pellucid.engine.tensor.Shapes.check;

/**
 * A question with a piece of its context, and where the answer stands in it.
 *
 * @param ids of the tokens, {@code [CLS]} first, {@code [tokens]}
 * @param segments 0 in the question, 1 in the context, {@code [tokens]}
 * @param start position of the answer's first token; 0, which is {@code [CLS]}, where this piece
 *     doesn't hold the answer
 * @param end position of the answer's last token; 0 where this piece doesn't hold the answer
 */
public record TuningExample(int[] ids, int[] segments, int start, int end) {
  /**
   * Checks that positions and lengths fit.
   *
   * @throws IllegalArgumentException if they don't
   */
  public TuningExample {
    check(ids.length > 0, "An example needs a token");
    check(segments.length == ids.length, "%d segments for %d tokens", segments.length, ids.length);
    check(
        0 <= start && start <= end && end < ids.length,
        "The answer from %d to %d doesn't lie in %d tokens",
        start,
        end,
        ids.length);
  }

  /** The number of tokens. */
  public int size() {
    return ids.length;
  }
}
