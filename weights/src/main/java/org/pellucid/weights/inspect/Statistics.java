package org.pellucid.weights.inspect;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.pellucid.weights.DType;
import org.pellucid.weights.WeightTensor;

/**
 * Range, mean and unusual numbers of a tensor. NaNs are counted and left out of the range and the
 * mean; where no other number is left, these are NaN.
 *
 * @param infinities the infinite numbers, which count in range and mean
 */
public record Statistics(double min, double max, double mean, long nanCount, long infinities) {

  /** Looks at every number of a tensor, piece by piece. */
  public static Statistics of(WeightTensor tensor) {
    return of(tensor, _ -> {});
  }

  /** Looks at every number of a tensor and hands each piece to {@code beside} too. */
  public static Statistics of(WeightTensor tensor, Consumer<MemorySegment> beside) {
    var pass = new Pass(tensor.info().dtype());
    tensor.forEachChunk(
        chunk -> {
          pass.add(chunk);
          beside.accept(chunk);
        });
    return pass.result(tensor.info().elements());
  }

  private static final class Pass {
    private final DType dtype;
    private double min = Double.POSITIVE_INFINITY;
    private double max = Double.NEGATIVE_INFINITY;
    private double sum;
    private long nanCount;
    private long infinities;

    Pass(DType dtype) {
      this.dtype = dtype;
    }

    void add(MemorySegment chunk) {
      var width = dtype.bytes();
      for (var at = 0L; at < chunk.byteSize(); at += width) {
        var value = dtype.read(chunk, at);
        if (Double.isNaN(value)) {
          nanCount++;
        } else {
          min = Math.min(min, value);
          max = Math.max(max, value);
          sum += value;
          infinities += Double.isInfinite(value) ? 1 : 0;
        }
      }
    }

    Statistics result(long elements) {
      var counted = elements - nanCount;
      return new Statistics(
          counted == 0 ? Double.NaN : min,
          counted == 0 ? Double.NaN : max,
          sum / counted,
          nanCount,
          infinities);
    }
  }
}
