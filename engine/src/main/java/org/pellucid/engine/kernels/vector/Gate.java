package org.pellucid.engine.kernels.vector;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.pellucid.engine.kernels.Rectified;
import org.pellucid.engine.kernels.Rectifier;

/**
 * Where a gradient passes a rectifier: where the rectifier's output is above 0 and below its bound.
 *
 * @param address of the output, or 0 where every gradient passes
 * @param bound no number is at or above NaN, so that an infinite output is open without a bound
 */
record Gate(long address, float bound) {

  static Gate of(Optional<Rectified> rectified) {
    return rectified
        .map(present -> of(present.rectifier(), VectorKernels.address(present.output())))
        .orElse(new Gate(0, Float.NaN));
  }

  /** The gate of a rectifier whose output lies at an address. */
  static Gate of(Rectifier rectifier, long address) {
    var most = rectifier.most();
    return new Gate(address, Float.isInfinite(most) ? Float.NaN : most);
  }

  boolean isPresent() {
    return address != 0;
  }

  /** The same gate some bytes further. */
  Gate plus(long bytes) {
    return isPresent() ? new Gate(address + bytes, bound) : this;
  }

  /**
   * Where numbers of the output let the gradient pass; of zeros none does. There is no choice
   * between two masks, which the compiler would leave on the heap where a process needs both.
   */
  VectorMask<Float> open(FloatVector output) {
    return output.compare(VectorOperators.GT, 0f).andNot(output.compare(VectorOperators.GE, bound));
  }

  /** Whether one number of the output lets the gradient pass. */
  boolean isOpen(float output) {
    return output > 0 && !(output >= bound);
  }
}
