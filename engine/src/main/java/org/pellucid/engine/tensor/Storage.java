package org.pellucid.engine.tensor;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A piece of ND4J memory that one or more tensors look at.
 *
 * <p>It counts the tensors that hold it; when the last lets go, the memory returns to where it came
 * from. Several threads may hold views of one tensor, such as a weight.
 */
final class Storage {
  private final Block.Span span;
  private final Runnable lastRelease;
  private final AtomicInteger holders = new AtomicInteger();
  private final AtomicLong version = new AtomicLong();
  private volatile Map<Form, AutoCloseable> derived = Map.of();

  /** What was derived from the memory, read under a shape, for a purpose. */
  record Form(List<Long> shape, Object key) {}

  /**
   * The memory of a span.
   *
   * @param lastRelease makes what is run when the last tensor lets go
   */
  Storage(Block.Span span, Function<Storage, Runnable> lastRelease) {
    this.span = span;
    this.lastRelease = lastRelease.apply(this);
  }

  /** Fresh memory for {@code capacity} elements that is freed when the last tensor lets go. */
  static Storage unpooled(ElementType type, long capacity) {
    var block = new Block(type, 0, capacity);
    return new Storage(block.whole(), _ -> block::free);
  }

  ElementType type() {
    return span.block().type();
  }

  void hold() {
    holders.incrementAndGet();
  }

  void release() {
    if (holders.decrementAndGet() == 0) {
      dropDerived();
      lastRelease.run();
    }
  }

  /** See {@link Tensor#derived}. */
  AutoCloseable derived(Form form, Supplier<? extends AutoCloseable> maker) {
    var present = derived.get(form);
    if (present != null) {
      return present;
    }
    var made = maker.get();
    var kept = keep(form, made);
    if (kept != made) {
      close(made);
    }
    return kept;
  }

  private synchronized AutoCloseable keep(Form form, AutoCloseable made) {
    var extended = new HashMap<>(derived);
    var first = extended.putIfAbsent(form, made);
    derived = extended;
    return first == null ? made : first;
  }

  /** See {@link Tensor#changed}. */
  void changed() {
    version.incrementAndGet();
    dropDerived();
  }

  long version() {
    return version.get();
  }

  /** Closes what was derived from values that no longer hold. */
  void dropDerived() {
    if (!derived.isEmpty()) {
      taken().values().forEach(Storage::close);
    }
  }

  private synchronized Map<Form, AutoCloseable> taken() {
    var all = derived;
    derived = Map.of();
    return all;
  }

  private static void close(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      throw new IllegalStateException("A derived form of a tensor could not be given back.", e);
    }
  }

  INDArray array(long... shape) {
    var buffer = span.block().buffer();
    return shape.length == 0
        ? Nd4j.create(buffer, new long[0], new long[0], span.offset(), 'c')
        : Nd4j.create(buffer, shape, Shapes.strides(shape), span.offset(), 'c');
  }

  MemorySegment memory(long elements) {
    var bytes = type().bytes();
    return MemorySegment.ofAddress(span.block().buffer().address() + span.offset() * bytes)
        .reinterpret(elements * bytes);
  }
}
