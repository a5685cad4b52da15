package org.pellucid.explain.perturbation;

/** A classifier of images, seen as a function from samples to scores. */
@FunctionalInterface
public interface BatchClassifier {
  /**
   * Scores several images at once. An image's scores must not depend on its neighbours.
   *
   * @param images samples {@code [count, channels, height, width]} in the range of the explained
   *     image
   * @param count how many images there are, at least 1
   * @return a row {@code [labels]} for each image; the homework's are raw logits, not probabilities
   */
  double[][] logits(float[] images, int count);
}
