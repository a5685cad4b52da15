package org.pellucid.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the pool keeps, counts and frees. */
class MemoryPoolTests {
  private static final long MEGABYTE = 1 << 18;

  private final MemoryPool pool = new MemoryPool();

  private Tensor megabytes(long count) {
    return pool.allocate(ElementType.FLOAT32, count * MEGABYTE);
  }

  @Test
  void handsTheSameMemoryOutAgain() {
    var first = megabytes(3);
    var address = first.memory().address();
    first.close();
    assertThat(pool.usedBytes()).isZero();
    assertThat(pool.idleBytes()).isEqualTo(3 << 20);
    try (var second = megabytes(3)) {
      assertThat(second.memory().address()).isEqualTo(address);
      assertThat(pool.heldBytes()).isEqualTo(3 << 20);
    }
  }

  @Test
  void measuresThePeak() {
    try (var _ = megabytes(2)) {
      megabytes(4).close();
    }
    assertThat(pool.peakBytes()).isEqualTo(6 << 20);
    pool.resetPeak();
    megabytes(1).close();
    assertThat(pool.peakBytes()).isEqualTo(1 << 20);
  }

  @Test
  void countsViewsOnce() {
    var tensor = megabytes(1);
    var view = tensor.view(2, MEGABYTE / 2);
    tensor.close();
    assertThat(pool.usedBytes()).isEqualTo(1 << 20);
    view.close();
    assertThat(pool.usedBytes()).isZero();
  }

  @Test
  void forgetsWhatTheCollectorTookBack() throws InterruptedException {
    try (var kept = megabytes(1)) {
      for (var i = 0; i < 8; i++) {
        megabytes(1);
      }
      for (var rounds = 0; rounds < 100 && pool.heldBytes() > 1 << 20; rounds++) {
        System.gc();
        Thread.sleep(20);
      }
      assertThat(pool.heldBytes()).isEqualTo(1 << 20);
      assertThat(pool.usedBytes()).isEqualTo(1 << 20);
      assertThat(kept.isClosed()).isFalse();
    }
    assertThat(pool.usedBytes()).isZero();
    assertThat(pool.idleBytes()).isEqualTo(1 << 20);
  }

  @Test
  void doesntAddUpSizesThatAreNeededOneAfterAnother() {
    for (var size = 1; size <= 64; size++) {
      megabytes(size).close();
      assertThat(pool.heldBytes()).isLessThanOrEqualTo((size << 20) * 5L / 4 * 9 / 8);
    }
    // What was idle longest goes first: the latest size is still there.
    var held = pool.heldBytes();
    megabytes(64).close();
    assertThat(pool.heldBytes()).isEqualTo(held);
    pool.trim();
    assertThat(pool.heldBytes()).isZero();
  }

  @Test
  void wastesAnEighthAtMost() {
    for (var elements = 17L; elements < 1 << 20; elements += elements / 7) {
      // Small sizes are rounded to whole cache lines of 16 numbers.
      assertThat(MemoryPool.roundedUp(elements))
          .isBetween(elements, Math.max(elements + 15, elements * 9 / 8));
    }
  }
}
