package org.pellucid.explain.perturbation;

/** A classifier of pictures, seen as a function from samples to scores. */
@FunctionalInterface
public interface BatchClassifier {
  /**
   * Scores several pictures at once. A picture's scores must not depend on its neighbours.
   *
   * @param pictures samples {@code [count, 3, height, width]} in the range of the explained picture
   * @param count how many pictures there are, at least 1
   * @return a row {@code [labels]} for each picture; the homework's are raw logits, not
   *     probabilities
   */
  double[][] logits(float[] pictures, int count);
}
