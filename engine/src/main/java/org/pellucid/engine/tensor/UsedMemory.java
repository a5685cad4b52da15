package org.pellucid.engine.tensor;

/** How many bytes tensors hold of a pool's memory, now and at most. Thread-safe. */
final class UsedMemory {
  private long bytes;
  private long mostBytes;
  private long peakBytes;

  /** The bytes of one piece of memory. */
  final class Piece {
    private final long size;
    private boolean used;

    private Piece(long size) {
      this.size = size;
    }

    /** Counts the piece as used. */
    void use() {
      synchronized (UsedMemory.this) {
        used = true;
        bytes += size;
        peakBytes = Math.max(peakBytes, bytes);
        mostBytes = Math.max(mostBytes, bytes);
      }
    }

    /** Counts the piece as no longer used; a second call does nothing. */
    void release() {
      synchronized (UsedMemory.this) {
        if (used) {
          used = false;
          bytes -= size;
        }
      }
    }
  }

  /** A piece of {@code size} bytes that isn't used yet. */
  Piece piece(long size) {
    return new Piece(size);
  }

  synchronized long bytes() {
    return bytes;
  }

  /** The most bytes that were used at one time since the last {@link #forgetMost}. */
  synchronized long mostBytes() {
    return mostBytes;
  }

  synchronized void forgetMost() {
    mostBytes = bytes;
  }

  /** The most bytes that were used at one time since the last {@link #resetPeak}. */
  synchronized long peakBytes() {
    return peakBytes;
  }

  synchronized void resetPeak() {
    peakBytes = bytes;
  }
}
