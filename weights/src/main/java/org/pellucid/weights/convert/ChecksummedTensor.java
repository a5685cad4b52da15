package org.pellucid.weights.convert;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.pellucid.weights.MappedChecksum;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;

/**
 * A tensor whose checksum is taken while its pieces are written to a file: by another thread, since
 * summing takes about as long as a third of the writing.
 */
final class ChecksummedTensor implements WeightTensor {
  private final WeightTensor tensor;
  private final ByteProgress progress;
  private long sum;

  ChecksummedTensor(WeightTensor tensor, ByteProgress progress) {
    this.tensor = tensor;
    this.progress = progress;
  }

  @Override
  public TensorInfo info() {
    return tensor.info();
  }

  @Override
  public MemorySegment bytes() {
    return tensor.bytes();
  }

  @Override
  public void forEachChunk(Consumer<MemorySegment> action) {
    var crc = new CRC32C();
    tensor.forEachChunk(
        chunk -> {
          var summing = ForkJoinPool.commonPool().submit(() -> MappedChecksum.update(crc, chunk));
          try {
            action.accept(chunk);
          } finally {
            summing.join();
          }
          progress.add(chunk.byteSize());
        });
    sum = crc.getValue();
  }

  /** The CRC-32C of the dense little-endian bytes that were handed out last. */
  long sum() {
    return sum;
  }

  /** The CRC-32C of a tensor's dense little-endian bytes. */
  static long of(WeightTensor tensor, ByteProgress progress) {
    var summed = new ChecksummedTensor(tensor, progress);
    summed.forEachChunk(_ -> {});
    return summed.sum();
  }
}
