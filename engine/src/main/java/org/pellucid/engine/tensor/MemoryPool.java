package org.pellucid.engine.tensor;

import java.lang.ref.Cleaner;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.pellucid.engine.tensor.Block.Span;

/**
 * Keeps the memory of tensors that were given back and hands it out again.
 *
 * <p>Allocating a fresh array of 5 MB was measured at 14 ms when left to the garbage collector, two
 * hundred times the addition it was needed for; a pooled one costs microseconds. Memory comes from
 * the system in blocks, of which tensors get spans, whatever their sizes; spans that are given back
 * grow together. So a pass that is run again touches the pages that it touched before, and the
 * kernel of the system has none to clear.
 *
 * <p>Where no span is long enough, the blocks of which nothing is used become one with the new
 * memory, and so do several blocks of which nothing is used at all. The pool never grows past five
 * quarters of the most that tensors needed at one time, unless what is used lies across it that
 * way: so memory for batches of many different sizes doesn't add up. On a device other than the CPU
 * each tensor has a block of its own, since ND4J copies whole blocks to the host.
 *
 * <p>Sizes are rounded up to eight steps a power of two, so that at most an eighth is wasted and
 * batches of nearly the same size share memory. A tensor that is never closed loses its memory to
 * the pool some time after it became unreachable. Thread-safe.
 */
public final class MemoryPool implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  private final Map<ElementType, FreeSpans> free = new EnumMap<>(ElementType.class);
  private final List<Block> blocks = new ArrayList<>();
  private final UsedMemory used = new UsedMemory();
  private long heldBytes;
  private long blocksMade;
  private long turn;

  /** A pool that has no memory yet. */
  public MemoryPool() {
    for (var type : ElementType.values()) {
      free.put(type, new FreeSpans());
    }
  }

  /**
   * A tensor of the given type and shape, whose contents are undefined until they are written.
   *
   * @throws IllegalArgumentException if a size is negative
   */
  public Tensor allocate(ElementType type, long... shape) {
    return new Tensor(take(type, roundedUp(Shapes.elements(shape))), shape);
  }

  private synchronized Storage take(ElementType type, long capacity) {
    var piece = used.piece(capacity * type.bytes());
    piece.use();
    try {
      var span = span(type, capacity);
      return new Storage(
          span, storage -> CLEANER.register(storage, () -> giveBack(span, piece))::clean);
    } catch (RuntimeException | Error e) {
      piece.release();
      throw e;
    }
  }

  private Span span(ElementType type, long capacity) {
    var cut = Nd4jRuntime.onHost();
    if (cut && hasSeveralAllIdle(type)) {
      // Together they were needed: what was used before lay across them.
      add(type, Math.max(capacity, removeIdle(type)));
    }
    var spans = free.get(type);
    return spans
        .take(capacity, cut)
        .orElseGet(
            () -> {
              if (cut) {
                grow(type, capacity);
              } else {
                add(type, capacity);
              }
              return spans.take(capacity, cut).orElseThrow();
            });
  }

  private boolean hasSeveralAllIdle(ElementType type) {
    var count = 0;
    for (var block : blocks) {
      if (block.type() == type) {
        if (!block.isIdle()) {
          return false;
        }
        count++;
      }
    }
    return count > 1;
  }

  /** One block in the place of all idle ones of a type, of their sizes and more, in the limit. */
  private void grow(ElementType type, long more) {
    var wanted = removeIdle(type) + more;
    var room = Math.max(0, mostHeld() - heldBytes) / type.bytes();
    add(type, Math.max(more, Math.min(wanted, room)));
  }

  /** Frees the idle blocks of a type; returns how many elements they had. */
  private long removeIdle(ElementType type) {
    var capacity = 0L;
    for (var block : List.copyOf(blocks)) {
      if (block.type() == type && block.isIdle()) {
        capacity += block.capacity();
        remove(block);
      }
    }
    return capacity;
  }

  /** The most that the pool should hold. */
  private long mostHeld() {
    return used.mostBytes() + used.mostBytes() / 4;
  }

  private void add(ElementType type, long capacity) {
    var bytes = capacity * type.bytes();
    while (heldBytes + bytes > mostHeld()) {
      var oldest =
          blocks.stream().filter(Block::isIdle).min(Comparator.comparingLong(Block::idleSince));
      if (oldest.isEmpty()) {
        break;
      }
      remove(oldest.get());
    }
    var block = new Block(type, blocksMade++, capacity);
    blocks.add(block);
    free.get(type).add(block);
    heldBytes += block.bytes();
  }

  private void remove(Block block) {
    blocks.remove(block);
    free.get(block.type()).remove(block);
    heldBytes -= block.bytes();
    block.free();
  }

  private synchronized void giveBack(Span span, UsedMemory.Piece piece) {
    piece.release();
    free.get(span.block().type()).giveBack(span, turn++);
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
    return heldBytes - used.bytes();
  }

  /** Bytes that the pool has from the system: those in use and those kept for reuse. */
  public synchronized long heldBytes() {
    return heldBytes;
  }

  /** The most bytes that tensors held at one time since the pool began or was last reset. */
  public long peakBytes() {
    return used.peakBytes();
  }

  /** Begins a new measurement of {@link #peakBytes()}. */
  public void resetPeak() {
    used.resetPeak();
  }

  /** Frees the blocks of which no tensor uses anything. */
  public synchronized void trim() {
    List.copyOf(blocks).stream().filter(Block::isIdle).forEach(this::remove);
    used.forgetMost();
  }

  @Override
  public void close() {
    trim();
  }
}
