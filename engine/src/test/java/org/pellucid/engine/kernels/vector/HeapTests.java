package org.pellucid.engine.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.kernels.Rectified;
import org.pellucid.engine.kernels.Rectifier;
import org.pellucid.engine.tensor.Tensor;

/** Loops that once left a vector or a mask on the heap for every turn. */
@NeedsVectorKernels
@Tag("own-process")
class HeapTests {
  private static final int CALLS = 400;

  /** The compiler works beside the calls, so how many it takes depends on the machine. */
  private static final int MOST_CALLS = 100 * CALLS;

  private static final int NUMBERS = 1 << 16;

  /** One mask or vector on the heap for each of a call's 4,096 or more would be 196,608 or more. */
  private static final long LIMIT = 50_000;

  private static long allocatedPerCall(Runnable call) {
    var thread = Thread.currentThread().threadId();
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    var before = threads.getThreadAllocatedBytes(thread);
    for (var i = 0; i < CALLS; i++) {
      call.run();
    }
    return (threads.getThreadAllocatedBytes(thread) - before) / CALLS;
  }

  private static void assertAllocatesLittle(Runnable call) {
    for (var calls = 0; allocatedPerCall(call) > LIMIT && calls < MOST_CALLS; calls += CALLS) {
      call.run();
    }
    assertThat(allocatedPerCall(call)).isLessThan(LIMIT);
  }

  /** Of a choice between two masks the compiler kept neither where a process had met both. */
  @Test
  void copiesBehindGatesOfBothRectifiers() {
    try (var image = Tensor.of(new float[NUMBERS], 1, 32, 32, 64)) {
      var address = VectorKernels.address(image);
      var scratches = new Scratch.Pool();
      var relu = Gate.of(Optional.of(new Rectified(image, Rectifier.RELU)));
      var relu6 = Gate.of(Optional.of(new Rectified(image, Rectifier.RELU6)));
      assertAllocatesLittle(
          () ->
              scratches.with(
                  own -> {
                    PaddedRows.copy(address, relu, 32, 32, 64, 0, 16, 1, 1, own);
                    PaddedRows.copy(address, relu6, 32, 32, 64, 0, 16, 1, 1, own);
                  }));
    }
  }

  /** The lanes of a sum were added in a loop over a list. */
  @Test
  void addsExponentials() {
    try (var rows = Tensor.of(new float[NUMBERS], 1024, 64)) {
      var address = VectorKernels.address(rows);
      assertAllocatesLittle(
          () -> {
            for (var row = 0; row < 1024; row++) {
              VectorSoftmax.exponentials(address + row * 256L, 1, 64);
            }
          });
    }
  }
}
