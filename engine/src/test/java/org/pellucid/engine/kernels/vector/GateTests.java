package org.pellucid.engine.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.kernels.Rectified;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.kernels.SlidingWindow;
import org.pellucid.engine.tensor.Tensor;

/** Gradients behind rectifiers of both kinds in one process. */
@NeedsVectorKernels
class GateTests {
  private static final int CALLS = 200;

  /** The compiler works beside the calls, so how many it takes depends on the machine. */
  private static final int MOST_CALLS = 60 * CALLS;

  /** A mask on the heap for each of a call's 4,096 vectors would be 200,000 bytes. */
  private static final long LIMIT = 50_000;

  private static long allocatedPerCall(VectorKernels kernels, Tensor[] tensors) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    var before = threads.getTotalThreadAllocatedBytes();
    for (var call = 0; call < CALLS; call++) {
      var rectifier = call % 2 == 0 ? Rectifier.RELU : Rectifier.RELU6;
      kernels
          .convolutions()
          .inputGradient(
              tensors[0],
              Optional.of(new Rectified(tensors[1], rectifier)),
              tensors[2],
              SlidingWindow.square(1, 1, 0),
              tensors[3]);
    }
    return (threads.getTotalThreadAllocatedBytes() - before) / CALLS;
  }

  /** A choice between two masks in a loop left them on the heap where both kinds had passed it. */
  @Test
  void keepsMasksOffTheHeapWhereBothRectifiersPass() {
    var kernels = new VectorKernels(1);
    var tensors =
        new Tensor[] {
          Tensor.of(new float[32 * 32 * 64], 1, 32, 32, 64),
          Tensor.of(new float[32 * 32 * 64], 1, 32, 32, 64),
          Tensor.of(new float[64 * 64], 1, 1, 64, 64),
          Tensor.of(new float[32 * 32 * 64], 1, 32, 32, 64)
        };
    var calls = 0;
    while (allocatedPerCall(kernels, tensors) > LIMIT && calls < MOST_CALLS) {
      calls += CALLS;
    }
    assertThat(allocatedPerCall(kernels, tensors)).isLessThan(LIMIT);
  }
}
