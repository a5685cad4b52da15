package org.pellucid.weights.convert;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.pellucid.weights.ChunkedTensor;
import org.pellucid.weights.DType;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/** Numbers in another type, each rounded once to the nearest, piece by piece. */
final class RoundedTensor implements ChunkedTensor.Chunks {
  /** No type is more than eight times as wide as another, so no piece becomes too large. */
  private static final int PIECE = WeightTensor.CHUNK / 8;

  private final Path file;
  private final WeightTensor original;
  private final DType dtype;

  private RoundedTensor(Path file, WeightTensor original, DType dtype) {
    this.file = file;
    this.original = original;
    this.dtype = dtype;
  }

  /**
   * The tensor in that type.
   *
   * <p>Its pieces can't be had if a finite number becomes infinite in it.
   */
  static WeightTensor of(Path file, WeightTensor tensor, DType dtype) {
    var info = new TensorInfo(tensor.info().name(), dtype, tensor.info().shape());
    return new ChunkedTensor(info, new RoundedTensor(file, tensor, dtype));
  }

  @Override
  public void forEach(Consumer<MemorySegment> action) {
    original.forEachChunk(
        new Consumer<>() {
          private long element;

          @Override
          public void accept(MemorySegment chunk) {
            for (var at = 0L; at < chunk.byteSize(); at += PIECE) {
              var piece = chunk.asSlice(at, Math.min(PIECE, chunk.byteSize() - at));
              action.accept(rounded(piece, element));
              element += piece.byteSize() / original.info().dtype().bytes();
            }
          }
        });
  }

  private MemorySegment rounded(MemorySegment piece, long first) {
    var values = WeightTensor.decode(piece, original.info().dtype());
    var encoded = WeightTensor.encode(values, dtype);
    var written = WeightTensor.decode(encoded, dtype);
    for (var i = 0; i < values.length; i++) {
      if (Double.isInfinite(written[i]) && Double.isFinite(values[i])) {
        throw new WeightsException(
            Cause.OVERFLOW,
            FileLocation.in(file).of(original.info().name()),
            "element %d of %s is %s, which is too large for %s; choose bf16 or f32",
            first + i,
            original.info().name(),
            values[i],
            dtype);
      }
    }
    return encoded;
  }
}
