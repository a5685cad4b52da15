package org.pellucid.engine.tensor;

import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;
import org.pellucid.engine.tensor.Block.Span;

/**
 * The free spans of the blocks of one type of element. A request gets the shortest span that is
 * long enough, of equal ones that of the oldest block and the lowest address; so the same requests
 * in the same order get the same memory. Free neighbours are joined at once.
 */
final class FreeSpans {
  private final TreeSet<Key> keys = new TreeSet<>();

  /** What spans are ordered by; a span's length doesn't change while it is here. */
  private record Key(long length, long block, long start, Optional<Span> span)
      implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparingLong(Key::length)
            .thenComparingLong(Key::block)
            .thenComparingLong(Key::start);

    static Key of(Span span) {
      return new Key(span.length(), span.block().number(), span.start(), Optional.of(span));
    }

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /** Adds all of a block of which nothing is taken. */
  void add(Block block) {
    keys.add(Key.of(block.whole()));
  }

  /** Removes a block of which nothing is taken. */
  void remove(Block block) {
    keys.remove(Key.of(block.whole()));
  }

  /** Takes a span of the given length, cut from a longer one if need be and allowed. */
  Optional<Span> take(long length, boolean cut) {
    var best = keys.ceiling(new Key(length, -1, -1, Optional.empty()));
    if (best == null || !cut && best.length() != length) {
      return Optional.empty();
    }
    keys.remove(best);
    best.span().flatMap(span -> span.take(length)).ifPresent(rest -> keys.add(Key.of(rest)));
    return best.span();
  }

  /**
   * Frees a span and joins it with free ones beside it.
   *
   * @param turn a number that grows
   */
  void giveBack(Span span, long turn) {
    span.giveBack(turn);
    span.after()
        .filter(Span::isFree)
        .ifPresent(
            next -> {
              keys.remove(Key.of(next));
              span.join(next);
            });
    var before = span.before().filter(Span::isFree);
    before.ifPresent(
        previous -> {
          keys.remove(Key.of(previous));
          previous.join(span);
        });
    keys.add(Key.of(before.orElse(span)));
  }
}
