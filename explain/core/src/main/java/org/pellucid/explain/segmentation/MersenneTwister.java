package org.pellucid.explain.segmentation;

/**
 * The 32-bit Mersenne Twister MT19937, seeded and drawn from as NumPy's legacy generator does, so
 * that the same seed gives the samples that {@code numpy.random.seed} and {@code randint} give.
 *
 * <p>One generator may serve several images in turn; each continues after the numbers of the one
 * before. Belongs to one thread.
 *
 * @see "M. Matsumoto and T. Nishimura: Mersenne Twister: a 623-dimensionally equidistributed
 *     uniform pseudo-random number generator, ACM TOMACS 8 (1998)"
 */
public final class MersenneTwister {
  private static final int SIZE = 624;
  private static final int SHIFT = 397;
  private static final int TWIST = 0x9908b0df;

  private final int[] state = new int[SIZE];
  private int next = SIZE;
  private long drawn;
  private double spare = Double.NaN;

  /**
   * A generator in the state that the reference function {@code init_genrand} leaves.
   *
   * @param seed any value; its 32 bits are read as an unsigned number
   */
  public MersenneTwister(int seed) {
    state[0] = seed;
    for (var i = 1; i < SIZE; i++) {
      var before = state[i - 1];
      state[i] = 1812433253 * (before ^ (before >>> 30)) + i;
    }
  }

  /** Draws 32 random bits, to be read as an unsigned number. */
  public int nextBits() {
    if (next == SIZE) {
      twist();
      next = 0;
    }
    drawn++;
    var bits = state[next++];
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return bits ^ (bits >>> 18);
  }

  /**
   * Draws a number as NumPy's {@code randint(0, bound)}: the low bits of an output that suffice for
   * the bound, drawn again while they are too large. A bound of 1 gives 0 and draws nothing.
   *
   * @param bound above every result, at least 1
   * @throws IllegalArgumentException if the bound is below 1
   */
  public int below(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException("The bound must be at least 1, not " + bound + ".");
    }
    if (bound == 1) {
      return 0;
    }
    var mask = -1 >>> Integer.numberOfLeadingZeros(bound - 1);
    var number = nextBits() & mask;
    while (number >= bound) {
      number = nextBits() & mask;
    }
    return number;
  }

  /** Draws a number from 0 on below 1 as NumPy does, from 53 bits of two outputs. */
  public double nextDouble() {
    long high = nextBits() >>> 5;
    long low = nextBits() >>> 6;
    return (high * 0x1p26 + low) * 0x1p-53;
  }

  /**
   * Draws a number of the normal distribution with mean 0 and standard deviation 1 as NumPy's
   * legacy generator does, by the polar method, which gives two at a time.
   */
  public double nextGaussian() {
    if (!Double.isNaN(spare)) {
      var number = spare;
      spare = Double.NaN;
      return number;
    }
    double x;
    double y;
    double square;
    do {
      x = 2 * nextDouble() - 1;
      y = 2 * nextDouble() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square == 0);
    var factor = Math.sqrt(-2 * StrictMath.log(square) / square);
    spare = factor * x;
    return factor * y;
  }

  /** The number of times that 32 bits were drawn. */
  public long drawn() {
    return drawn;
  }

  /** Draws 32 bits so many times and drops them, as if other images had come before. */
  public void skip(long draws) {
    for (long i = 0; i < draws; i++) {
      nextBits();
    }
  }

  private void twist() {
    for (var i = 0; i < SIZE; i++) {
      var bits = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
      state[i] = state[(i + SHIFT) % SIZE] ^ (bits >>> 1) ^ ((bits & 1) == 0 ? 0 : TWIST);
    }
  }
}
