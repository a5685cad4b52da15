package org.pellucid.explain.perturbation;

/** A classifier of images, seen as a function from samples to scores. */
@FunctionalInterface
public interface BatchClassifier {
  /**
   * The scores of several images, a row {@code [labels]} each. An image's scores must not depend on
   * the others in the batch; the homework's are raw logits, not probabilities.
   *
   * @param images samples {@code [count, channels, height, width]} in the range of the explained
   *     image
   * @param count the number of images, at least 1
   */
  double[][] logits(float[] images, int count);
}
