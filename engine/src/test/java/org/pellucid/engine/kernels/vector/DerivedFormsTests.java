package org.pellucid.engine.kernels.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.pellucid.engine.kernels.Workers;
import org.pellucid.engine.tensor.Tensor;

/** What kernels keep with a weight: when it is made, and when it falls. */
@NeedsVectorKernels
class DerivedFormsTests {
  private static final int OUTPUTS = PanelProduct.WIDTH;

  private static Tensor filled(float value, long... shape) {
    var values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    Arrays.fill(values, value);
    return Tensor.of(values, shape);
  }

  @Test
  void followTheValuesThatAnotherViewChanged() {
    var kernels = new VectorKernels(2);
    try (var weight = filled(1, OUTPUTS, 1);
        var view = weight.view(OUTPUTS, 1);
        var x = filled(3, 1, 1);
        var y = filled(0, 1, OUTPUTS)) {
      kernels.products().linear(x, view, Optional.empty(), y);
      assertThat(y.toFloats()).containsOnly(3);
      weight.array().assign(2);
      weight.changed();
      kernels.products().linear(x, view, Optional.empty(), y);
      assertThat(y.toFloats()).containsOnly(6);
    }
  }

  /** The thread with the only permit asks for a form that another, waiting for it, is making. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void areNotWaitedForByThoseWhoseSeatTheirMakerNeeds() throws InterruptedException {
    var workers = new Workers(1);
    var kernels = new VectorKernels(workers);
    var permitted = new CountDownLatch(1);
    try (var weight = filled(1, OUTPUTS, 4);
        var x = filled(1, 1, 4);
        var inside = filled(0, 1, OUTPUTS);
        var outside = filled(0, 1, OUTPUTS)) {
      var outsider =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    awaitQuietly(permitted);
                    kernels.products().linear(x, weight, Optional.empty(), outside);
                  });
      workers.run(
          1,
          _ -> {
            permitted.countDown();
            while (!waitsForASeat(outsider)) {
              Thread.onSpinWait();
            }
            kernels.products().linear(x, weight, Optional.empty(), inside);
          });
      outsider.join();
      assertThat(inside.toFloats()).containsOnly(4).isEqualTo(outside.toFloats());
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean waitsForASeat(Thread thread) {
    return Arrays.stream(thread.getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals("acquireUninterruptibly"));
  }
}
