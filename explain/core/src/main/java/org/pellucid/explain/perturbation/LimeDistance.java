package org.pellucid.explain.perturbation;

/** How far an image with hidden superpixels is from the whole one, in LIME. */
public enum LimeDistance {
  /** {@code 1 - sqrt(k / n)} for k of n superpixels shown: from 0 to 1. */
  COSINE,
  /**
   * {@code sqrt(n - k)}: it grows with the number of superpixels, and so must the kernel's width.
   */
  EUCLIDEAN;

  double of(int shown, int all) {
    return switch (this) {
      case COSINE -> 1 - Math.sqrt((double) shown / all);
      case EUCLIDEAN -> Math.sqrt((double) all - shown);
    };
  }
}
