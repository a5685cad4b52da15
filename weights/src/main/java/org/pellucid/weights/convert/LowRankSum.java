package org.pellucid.weights.convert;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.pellucid.weights.TensorInfo;
import org.pellucid.weights.WeightTensor;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * A weight plus a product of two narrow matrices, {@code W + scaling · B · A}, with its rows
 * stretched to given lengths where there are magnitudes; computed in double precision.
 *
 * @param weight {@code [outputs, inputs]}
 * @param a {@code [rank, inputs]}
 * @param b {@code [outputs, rank]}
 * @param magnitudes {@code [outputs]}
 * @param isTransposed whether the weight is {@code [inputs, outputs]}
 */
record LowRankSum(
    WeightTensor weight,
    WeightTensor a,
    WeightTensor b,
    Optional<WeightTensor> magnitudes,
    double scaling,
    boolean isTransposed)
    implements WeightTensor {
  /** As many as an array holds; a weight of single precision would have eight gigabytes. */
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  /**
   * Checks that the shapes fit each other.
   *
   * @param advice what to do if they don't
   */
  void check(Path file, String advice) {
    var rows = weight.info().shape();
    var right = a.info().shape();
    var left = b.info().shape();
    if (rows.length != 2 || right.length != 2 || left.length != 2) {
      throw misfit(file, advice);
    }
    if (Stream.of(weight, a, b).anyMatch(tensor -> tensor.info().elements() > LARGEST)) {
      throw new WeightsException(
          Cause.UNSUPPORTED,
          file,
          "%s has more than the %d numbers that an adapter can be merged into",
          weight.info(),
          LARGEST);
    }
    if (right[1] != rows[isTransposed ? 0 : 1]
        || left[0] != rows[isTransposed ? 1 : 0]
        || left[1] != right[0]
        || magnitudes.isPresent() && magnitudes.get().info().elements() != rows[0]) {
      throw misfit(file, advice);
    }
  }

  private WeightsException misfit(Path file, String advice) {
    return new WeightsException(
        Cause.INVALID_TENSOR,
        file,
        "%s and %s don't fit %s; %s",
        a.info(),
        b.info(),
        weight.info(),
        advice);
  }

  @Override
  public TensorInfo info() {
    return weight.info();
  }

  @Override
  public MemorySegment bytes() {
    var sum = weight.toDoubles();
    var left = b.toDoubles();
    var right = a.toDoubles();
    var outputs = (int) b.info().shape()[0];
    var inputs = (int) a.info().shape()[1];
    var rank = (int) a.info().shape()[0];
    for (var o = 0; o < outputs; o++) {
      for (var r = 0; r < rank; r++) {
        var factor = scaling * left[o * rank + r];
        for (var i = 0; i < inputs; i++) {
          sum[isTransposed ? i * outputs + o : o * inputs + i] += factor * right[r * inputs + i];
        }
      }
    }
    magnitudes.ifPresent(lengths -> stretch(sum, lengths.toDoubles(), inputs));
    return WeightTensor.encode(sum, weight.info().dtype());
  }

  private static void stretch(double[] rows, double[] lengths, int inputs) {
    for (var o = 0; o < lengths.length; o++) {
      var squares = 0.0;
      for (var i = o * inputs; i < (o + 1) * inputs; i++) {
        squares += rows[i] * rows[i];
      }
      var factor = squares == 0 ? 0 : lengths[o] / Math.sqrt(squares);
      for (var i = o * inputs; i < (o + 1) * inputs; i++) {
        rows[i] *= factor;
      }
    }
  }
}
