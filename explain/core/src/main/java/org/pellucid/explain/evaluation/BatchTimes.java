package org.pellucid.explain.evaluation;

/**
 * Finds out by the batches of a long run in which batch an input takes the least time. Which that
 * is depends on the network, the caches and the number of processors; it never changes a result.
 *
 * <p>It begins with eight inputs at a time. Where a batch of twice or half as many takes less time
 * an input, by the fastest of some batches in turn, that is taken, and its neighbour beyond tried.
 * Thread-safe.
 */
final class BatchTimes {
  /** More than this takes memory and gains nothing; see decision 006. */
  static final int LARGEST = 16;

  private static final int FIRST = 8;

  /** Batches until the compiler has seen the most of it. */
  private static final int WARM_UP = 5;

  private static final int TRIALS = 3;

  /** As many inputs have to be left that finding out can pay. */
  private static final int LEAST_LEFT = 8 * LARGEST;

  /** Smaller differences are the clock's and other programs'. */
  private static final double WORTHWHILE = 0.96;

  private int best = FIRST;
  private boolean larger = true;
  private boolean settled;
  private int warmedUp;
  private Fastest ours = new Fastest();
  private Fastest other = new Fastest();

  /** The least time of an input in some batches of one size. */
  private static final class Fastest {
    private double nanoseconds = Double.POSITIVE_INFINITY;
    private int batches;

    void add(double time) {
      nanoseconds = Math.min(nanoseconds, time);
      batches++;
    }
  }

  /** The batch that was found to be the fastest so far. */
  synchronized int best() {
    return best;
  }

  /** Whether a run of {@code count} inputs would try other batches than the best. */
  synchronized boolean tries(int count) {
    return !settled && count >= LEAST_LEFT;
  }

  /**
   * How many inputs to take next.
   *
   * @param left of the run
   * @param most that there is room for
   */
  synchronized int next(int left, int most) {
    if (!tries(left) || warmedUp < WARM_UP || ours.batches <= other.batches) {
      return Math.min(best, Math.min(left, most));
    }
    while (!settled && candidate() > most) {
      turn();
    }
    return Math.min(settled ? best : candidate(), most);
  }

  private int candidate() {
    return larger ? Math.min(2 * best, LARGEST) : Math.max(1, best / 2);
  }

  /** Learns how long a batch took. */
  synchronized void took(int batch, long nanoseconds) {
    if (settled) {
      return;
    }
    if (warmedUp < WARM_UP) {
      warmedUp++;
    } else if (batch == best) {
      ours.add((double) nanoseconds / batch);
    } else if (batch == candidate()) {
      other.add((double) nanoseconds / batch);
    }
    if (ours.batches >= TRIALS && other.batches >= TRIALS) {
      compare();
    }
  }

  private void compare() {
    if (other.nanoseconds < WORTHWHILE * ours.nanoseconds) {
      best = candidate();
      // What is beyond was tried before if this is where it came from.
      settled = candidate() == best;
      ours = other;
      other = new Fastest();
    } else {
      turn();
    }
  }

  /** Tries the smaller ones after the larger; after both the best is known. */
  private void turn() {
    settled = !larger || best != FIRST;
    larger = false;
    settled |= best == 1;
    other = new Fastest();
  }
}
