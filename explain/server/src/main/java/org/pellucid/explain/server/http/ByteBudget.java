package org.pellucid.explain.server.http;

import java.util.concurrent.Semaphore;

/** The memory that bodies of requests and answers on their way may take together. */
final class ByteBudget {
  private static final int UNIT = 1 << 10;

  private final Semaphore units;

  ByteBudget(long bytes) {
    units = new Semaphore(units(bytes));
  }

  /**
   * Takes bytes.
   *
   * @return the units to give back
   * @throws Refusal if there aren't so many left
   */
  int take(long bytes) {
    var count = units(bytes);
    if (!units.tryAcquire(count)) {
      throw Refusal.busy("Too many large requests are on their way; try again in some seconds.", 5);
    }
    return count;
  }

  void giveBack(int count) {
    units.release(count);
  }

  private static int units(long bytes) {
    return Math.toIntExact((bytes + UNIT - 1) / UNIT);
  }
}
