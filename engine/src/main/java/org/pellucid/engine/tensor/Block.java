package org.pellucid.engine.tensor;

import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Memory from the system for elements of one type, cut into spans that lie side by side. On the CPU
 * its first element lies on a cache line, since vector loads that cross lines cost up to a fifth of
 * a kernel's speed.
 */
final class Block {
  private static final int ALIGNMENT = 64;

  private final ElementType type;
  private final long number;
  private final DataBuffer buffer;
  private final long capacity;
  private final long first;
  private final Span whole;
  private int taken;
  private long idleSince;

  /**
   * Fresh memory, all of it one free span.
   *
   * @param number by which equal spans of several blocks are told apart
   * @param capacity the number of elements
   */
  Block(ElementType type, long number, long capacity) {
    var onHost = Nd4jRuntime.onHost();
    var slack = onHost ? ALIGNMENT / type.bytes() : 0;
    this.type = type;
    this.number = number;
    this.capacity = capacity;
    this.buffer = Nd4j.createBuffer(type.nd4j(), Math.max(1, capacity) + slack, false);
    this.first = onHost ? Math.floorMod(-buffer.address(), ALIGNMENT) / type.bytes() : 0;
    this.whole = new Span(0, capacity);
  }

  ElementType type() {
    return type;
  }

  long number() {
    return number;
  }

  DataBuffer buffer() {
    return buffer;
  }

  long capacity() {
    return capacity;
  }

  long bytes() {
    return capacity * type.bytes();
  }

  /** The span at the beginning; all of a block of which nothing is taken. */
  Span whole() {
    return whole;
  }

  /** Whether nothing of it is taken. */
  boolean isIdle() {
    return taken == 0;
  }

  /** The turn in which something of it was given back last. */
  long idleSince() {
    return idleSince;
  }

  /** Gives the memory back to the system. */
  void free() {
    buffer.close();
  }

  /** A part of a block, free or taken. Two neighbours are never both free. */
  final class Span {
    private final long start;
    private long length;
    private Optional<Span> before = Optional.empty();
    private Optional<Span> after = Optional.empty();
    private boolean free = true;

    private Span(long start, long length) {
      this.start = start;
      this.length = length;
    }

    Block block() {
      return Block.this;
    }

    long start() {
      return start;
    }

    /** The number of elements. */
    long length() {
      return length;
    }

    /** The position of the first element in the block's buffer. */
    long offset() {
      return first + start;
    }

    boolean isFree() {
      return free;
    }

    Optional<Span> before() {
      return before;
    }

    Optional<Span> after() {
      return after;
    }

    /** Takes a free span, or only its first elements; the rest stays free and is returned. */
    Optional<Span> take(long needed) {
      free = false;
      taken++;
      if (needed == length) {
        return Optional.empty();
      }
      var rest = new Span(start + needed, length - needed);
      rest.before = Optional.of(this);
      rest.after = after;
      after.ifPresent(next -> next.before = Optional.of(rest));
      after = Optional.of(rest);
      length = needed;
      return Optional.of(rest);
    }

    /**
     * Frees a taken span.
     *
     * @param turn a number that grows
     */
    void giveBack(long turn) {
      free = true;
      taken--;
      idleSince = turn;
    }

    /** Takes the span after it, which is free as this one is, into this one. */
    void join(Span next) {
      length += next.length;
      after = next.after;
      after.ifPresent(other -> other.before = Optional.of(this));
    }
  }
}
