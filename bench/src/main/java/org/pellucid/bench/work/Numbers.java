package org.pellucid.bench.work;

import java.util.SplittableRandom;

/** Pseudo-random numbers that are the same for every contender and in every run. */
public final class Numbers {
  private Numbers() {}

  /** Uniform numbers with mean 0 and the given standard deviation. */
  public static float[] centred(long seed, long count, double deviation) {
    var random = new SplittableRandom(seed);
    var width = Math.sqrt(12) * deviation;
    var values = new float[Math.toIntExact(count)];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) ((random.nextDouble() - 0.5) * width);
    }
    return values;
  }

  /** Uniform numbers in 0..1, as pixels are. */
  public static float[] pixels(long seed, long count) {
    var random = new SplittableRandom(seed);
    var values = new float[Math.toIntExact(count)];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble();
    }
    return values;
  }

  /** Whole numbers in {@code 0..bound − 1}. */
  public static int[] integers(long seed, int count, int bound) {
    return new SplittableRandom(seed).ints(count, 0, bound).toArray();
  }
}
