package org.pellucid.engine.tensor;

import java.lang.ref.Cleaner;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps the memory of tensors that were given back and hands it out again.
 *
 * <p>Allocating a fresh array of 5 MB was measured at 14 ms when left to the garbage collector, two
 * hundred times the addition it was needed for; a pooled one costs microseconds. Sizes are rounded
 * up to eight steps a power of two, so that at most an eighth is wasted and batches of nearly the
 * same size share memory.
 *
 * <p>The pool never grows past five quarters of the most that tensors needed at one time: where
 * fresh memory would take it there, what was idle longest is freed first. So memory for batches of
 * many different sizes doesn't add up.
 *
 * <p>A tensor that is never closed loses its memory to the garbage collector some time after it
 * became unreachable; from then on its bytes count neither as used nor as held. Thread-safe.
 */
public final class MemoryPool implements AutoCloseable {
  private record Slot(ElementType type, long capacity) {}

  private static final Cleaner CLEANER = Cleaner.create();

  /** Memory that waits, with the turn in which it was given back. */
  private record Idle(Storage storage, UsedMemory.Piece piece, long turn) {}

  private final Map<Slot, ArrayDeque<Idle>> idle = new HashMap<>();
  private long turn;
  private long idleBytes;
  private final UsedMemory used = new UsedMemory();

  /**
   * A tensor of the given type and shape, whose contents are undefined until they are written.
   *
   * @throws IllegalArgumentException if a size is negative
   */
  public Tensor allocate(ElementType type, long... shape) {
    var capacity = roundedUp(Shapes.elements(shape));
    return new Tensor(take(new Slot(type, capacity)), shape);
  }

  private synchronized Storage take(Slot slot) {
    var waiting = idle.get(slot);
    var bytes = slot.capacity() * slot.type().bytes();
    if (waiting != null && !waiting.isEmpty()) {
      idleBytes -= bytes;
      var first = waiting.pop();
      first.piece().use();
      return first.storage();
    }
    var piece = used.piece(bytes);
    piece.use();
    while (idleBytes > 0 && heldBytes() > used.mostBytes() + used.mostBytes() / 4) {
      freeOldest();
    }
    try {
      var storage = Storage.pooled(slot.type(), slot.capacity(), it -> giveBack(it, piece));
      CLEANER.register(storage, piece);
      return storage;
    } catch (RuntimeException | Error e) {
      piece.release();
      throw e;
    }
  }

  private void freeOldest() {
    var oldest =
        idle.values().stream()
            .filter(waiting -> !waiting.isEmpty())
            .min(Comparator.comparingLong(waiting -> waiting.getLast().turn()))
            .orElseThrow()
            .removeLast()
            .storage();
    idleBytes -= oldest.bytes();
    oldest.free();
  }

  private synchronized void giveBack(Storage storage, UsedMemory.Piece piece) {
    piece.release();
    idleBytes += storage.bytes();
    idle.computeIfAbsent(new Slot(storage.type(), storage.capacity()), _ -> new ArrayDeque<>())
        .push(new Idle(storage, piece, turn++));
  }

  static long roundedUp(long elements) {
    var least = 16L;
    if (elements <= least) {
      return least;
    }
    var step = Long.highestOneBit(elements - 1) / 8;
    step = Math.max(step, least);
    return (elements + step - 1) / step * step;
  }

  /** Bytes held by tensors now. */
  public long usedBytes() {
    return used.bytes();
  }

  /** Bytes kept for reuse. */
  public synchronized long idleBytes() {
    return idleBytes;
  }

  /** Bytes that the pool has from the system: those in use and those kept for reuse. */
  public synchronized long heldBytes() {
    return used.bytes() + idleBytes;
  }

  /** The most bytes that tensors held at one time since the pool began or was last reset. */
  public long peakBytes() {
    return used.peakBytes();
  }

  /** Begins a new measurement of {@link #peakBytes()}. */
  public void resetPeak() {
    used.resetPeak();
  }

  /** Frees the memory kept for reuse; tensors in use are untouched. */
  public synchronized void trim() {
    idle.values().forEach(waiting -> waiting.forEach(kept -> kept.storage().free()));
    idle.clear();
    idleBytes = 0;
    used.forgetMost();
  }

  @Override
  public void close() {
    trim();
  }
}
