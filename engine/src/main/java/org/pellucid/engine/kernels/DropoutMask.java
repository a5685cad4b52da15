package org.pellucid.engine.kernels;

/**
 * Which elements a dropout keeps: a fixed function of a seed and an element's position, so that
 * forward and backward, any number of threads and any kernels draw the same mask without storing
 * it.
 *
 * <p>The random number of element {@code i} is the {@code i}-th output of SplitMix64 (Steele, Lea
 * and Flood, 2014; Java's own {@link java.util.SplittableRandom#nextLong()}) from the seed, which
 * can be computed for any {@code i} by itself.
 */
public final class DropoutMask {
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private DropoutMask() {}

  /**
   * The bound for {@link #keeps}: an element is dropped if the upper 53 bits of its random number
   * are below it.
   */
  public static long threshold(double probability) {
    return (long) (probability * 0x1p53);
  }

  /** Whether the element at a position is kept. */
  public static boolean keeps(long threshold, long seed, long position) {
    var z = seed + (position + 1) * STEP;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return (z ^ z >>> 31) >>> 11 >= threshold;
  }

  /** What each of {@code elements} elements is multiplied by. */
  public static double[] factors(double probability, long seed, int elements) {
    var threshold = threshold(probability);
    var factors = new double[elements];
    for (var i = 0; i < elements; i++) {
      factors[i] = keeps(threshold, seed, i) ? 1 / (1 - probability) : 0;
    }
    return factors;
  }
}
