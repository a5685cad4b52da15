package org.pellucid.weights;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** A tensor whose bytes are computed piece by piece, so that a large one needs little memory. */
public final class ChunkedTensor implements WeightTensor {
  private final TensorInfo info;
  private final Chunks chunks;

  /**
   * Hands the dense little-endian bytes to a consumer as {@link WeightTensor#forEachChunk} does.
   */
  @FunctionalInterface
  public interface Chunks {
    /** Calls {@code action} with one piece after the other. */
    void forEach(Consumer<MemorySegment> action);
  }

  /** A tensor of the given pieces. */
  public ChunkedTensor(TensorInfo info, Chunks chunks) {
    this.info = info;
    this.chunks = chunks;
  }

  @Override
  public TensorInfo info() {
    return info;
  }

  @Override
  public void forEachChunk(Consumer<MemorySegment> action) {
    chunks.forEach(action);
  }

  @Override
  public MemorySegment bytes() {
    var whole = WeightTensor.allocate(info.bytes());
    forEachChunk(
        new Consumer<>() {
          private long at;

          @Override
          public void accept(MemorySegment chunk) {
            MemorySegment.copy(chunk, 0, whole, at, chunk.byteSize());
            at += chunk.byteSize();
          }
        });
    return whole.asReadOnly();
  }
}
