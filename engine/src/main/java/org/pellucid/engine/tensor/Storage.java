package org.pellucid.engine.tensor;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A piece of ND4J memory that one or more tensors look at.
 *
 * <p>It counts the tensors that hold it; when the last lets go, the memory returns to where it came
 * from. Several threads may hold views of one tensor, such as a weight. On the CPU its first
 * element lies on a cache line, since vector loads that cross lines cost up to a fifth of a
 * kernel's speed.
 */
final class Storage {
  private static final int ALIGNMENT = 64;

  private final DataBuffer buffer;
  private final ElementType type;
  private final long capacity;
  private final long offset;
  private final Runnable lastRelease;
  private final AtomicInteger holders = new AtomicInteger();
  private final AtomicLong version = new AtomicLong();
  private volatile Map<Form, AutoCloseable> derived = Map.of();

  /** What was derived from the memory, read under a shape, for a purpose. */
  record Form(List<Long> shape, Object key) {}

  private Storage(DataBuffer buffer, ElementType type, long capacity, Runnable lastRelease) {
    this.buffer = buffer;
    this.type = type;
    this.capacity = capacity;
    this.offset = Nd4jRuntime.onHost() ? firstAligned(buffer, type) : 0;
    this.lastRelease = lastRelease == null ? buffer::close : lastRelease;
  }

  /** Fresh memory for {@code capacity} elements that is freed when the last tensor lets go. */
  static Storage unpooled(ElementType type, long capacity) {
    return new Storage(buffer(type, capacity), type, capacity, null);
  }

  /** Fresh memory whose last release hands it to {@code home}. */
  static Storage pooled(ElementType type, long capacity, Consumer<Storage> home) {
    var self = new Storage[1];
    self[0] = new Storage(buffer(type, capacity), type, capacity, () -> home.accept(self[0]));
    return self[0];
  }

  private static DataBuffer buffer(ElementType type, long capacity) {
    var slack = Nd4jRuntime.onHost() ? ALIGNMENT / type.bytes() : 0;
    return Nd4j.createBuffer(type.nd4j(), Math.max(1, capacity) + slack, false);
  }

  private static long firstAligned(DataBuffer buffer, ElementType type) {
    return Math.floorMod(-buffer.address(), ALIGNMENT) / type.bytes();
  }

  ElementType type() {
    return type;
  }

  long capacity() {
    return capacity;
  }

  long bytes() {
    return capacity * type.bytes();
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

  void free() {
    buffer.close();
  }

  INDArray array(long... shape) {
    return shape.length == 0
        ? Nd4j.create(buffer, new long[0], new long[0], offset, 'c')
        : Nd4j.create(buffer, shape, Shapes.strides(shape), offset, 'c');
  }

  MemorySegment memory(long elements) {
    return MemorySegment.ofAddress(buffer.address() + offset * type.bytes())
        .reinterpret(elements * type.bytes());
  }
}
