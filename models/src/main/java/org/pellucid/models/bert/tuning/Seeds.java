package org.pellucid.models.bert.tuning;

import java.util.SplittableRandom;

/** Independent seeds for what is drawn at random, each a fixed function of the training's seed. */
final class Seeds {
  private Seeds() {}

  /** What is drawn. */
  enum Purpose {
    ORDER,
    DROPOUT,
    ADAPTER
  }

  /** The seed of the n-th draw for a purpose. */
  static long of(long seed, Purpose purpose, long number) {
    var own = new SplittableRandom(seed).nextLong() + purpose.ordinal();
    return new SplittableRandom(new SplittableRandom(own).nextLong() + number).nextLong();
  }
}
