package org.pellucid.models.bert.answer;

/**
 * What a model says about the tokens of a window.
 *
 * @param starts the logits that an answer starts at each position of the input
 * @param ends the logits that it ends there, inclusive
 */
record WindowLogits(ContextWindow window, float[] starts, float[] ends) {
  /** The logit that an answer starts at a token, by its index among the context's tokens. */
  double start(int index) {
    return starts[window.position() + index - window.first()];
  }

  /** The logit that an answer ends with a token, by its index among the context's tokens. */
  double end(int index) {
    return ends[window.position() + index - window.first()];
  }

  boolean holds(int first, int last) {
    return first >= window.first() && last < window.end();
  }

  /** The tokens beside a span on the side that has fewer. */
  int contextAround(int first, int last) {
    return Math.min(first - window.first(), window.end() - 1 - last);
  }

  /** The score of "no answer here": that of {@code [CLS]} as start and end. */
  double none() {
    return (double) starts[0] + ends[0];
  }
}
