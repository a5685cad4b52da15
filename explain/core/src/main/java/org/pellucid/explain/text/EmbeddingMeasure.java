package org.pellucid.explain.text;

import java.util.Arrays;
import java.util.Locale;

/**
 * One figure of a question's tokens at every layer, such as how far the answer is from the others.
 *
 * @param kind what is measured
 * @param values for each layer; layer 0 is the embeddings
 * @param strongest the layer of the largest value
 * @param from the first layer of those around the strongest whose values lie in the highest fifth
 *     of the range of all
 * @param to the last of them
 */
public record EmbeddingMeasure(Kind kind, double[] values, int strongest, int from, int to) {
  private static final double HIGH = 0.8;

  /**
   * What is measured. Similarity is the mean cosine in units of the standard deviation of all
   * pairs' cosines at that layer, so that layers can be compared although deeper ones hold all
   * tokens in a narrower cone. Words are tokens that begin with a letter or digit.
   */
  public enum Kind {
    /** Similarity of equal words at different places, above that of all pairs. */
    SAME_WORDS,
    /** Similarity of different words at most three places apart, above that of farther ones. */
    NEAR_WORDS,
    /**
     * Similarity of the question's words to words of the context at most three places from a word
     * that both have, above that to its other words; words that both have don't count themselves.
     */
    QUESTION_MATCH,
    /** Mean distance from the answer to the other tokens, divided by theirs among themselves. */
    ANSWER_APART,
    /** Mean silhouette of the question's tokens among question, context and answer. */
    SILHOUETTE_QUESTION,
    /** Mean silhouette of the context's tokens. */
    SILHOUETTE_CONTEXT,
    /** Mean silhouette of the answer's tokens. */
    SILHOUETTE_ANSWER;

    /** The name in files, such as {@code same-words}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Finds where the values are largest. */
  static EmbeddingMeasure of(Kind kind, double... values) {
    var strongest = 0;
    for (var layer = 1; layer < values.length; layer++) {
      strongest = values[layer] > values[strongest] ? layer : strongest;
    }
    var least = Arrays.stream(values).min().orElseThrow();
    var high = least + HIGH * (values[strongest] - least);
    var from = strongest;
    while (from > 0 && values[from - 1] >= high) {
      from--;
    }
    var to = strongest;
    while (to < values.length - 1 && values[to + 1] >= high) {
      to++;
    }
    return new EmbeddingMeasure(kind, values, strongest, from, to);
  }
}
