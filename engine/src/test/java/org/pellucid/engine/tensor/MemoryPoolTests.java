package org.pellucid.engine.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
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
  void takesBackWhatTheCollectorFound() throws InterruptedException {
    try (var kept = megabytes(1)) {
      for (var i = 0; i < 8; i++) {
        megabytes(1);
      }
      for (var rounds = 0; rounds < 100 && pool.usedBytes() > 1 << 20; rounds++) {
        System.gc();
        Thread.sleep(20);
      }
      assertThat(pool.usedBytes()).isEqualTo(1 << 20);
      var held = pool.heldBytes();
      for (var i = 0; i < 8; i++) {
        megabytes(1).close();
      }
      assertThat(pool.heldBytes()).isEqualTo(held);
      assertThat(kept.isClosed()).isFalse();
    }
    assertThat(pool.usedBytes()).isZero();
  }

  /** A pass's requests: memory is given back later, in another order. */
  private List<Long> pass(long seed) {
    var random = new SplittableRandom(seed);
    var addresses = new ArrayList<Long>();
    var open = new ArrayList<Tensor>();
    for (var i = 0; i < 200; i++) {
      var tensor = pool.allocate(ElementType.FLOAT32, 1 + (1L << random.nextInt(4, 17)));
      addresses.add(tensor.memory().address());
      open.add(tensor);
      while (open.size() > 8) {
        open.remove(random.nextInt(open.size())).close();
      }
    }
    open.forEach(Tensor::close);
    return addresses;
  }

  @Test
  void thePassesOfASteadyStateGetTheSameMemory() {
    // So many until the blocks that a first pass brings have become one.
    for (var i = 0; i < 5; i++) {
      pass(0);
    }
    var held = pool.heldBytes();
    var addresses = pass(0);
    for (var i = 0; i < 3; i++) {
      assertThat(pass(0)).isEqualTo(addresses);
    }
    assertThat(pool.heldBytes()).isEqualTo(held).isLessThan(pool.peakBytes() * 2);
  }

  @Test
  void passesOfOtherSizesShareMemory() {
    for (var round = 0; round < 3; round++) {
      for (var seed = 1; seed <= 5; seed++) {
        pass(seed);
      }
    }
    assertThat(pool.heldBytes()).isLessThanOrEqualTo(pool.peakBytes() * 5 / 4);
  }

  @Test
  void neighboursThatWereGivenBackBecomeOne() {
    megabytes(12).close();
    var first = megabytes(4);
    var second = megabytes(2);
    var third = megabytes(6);
    var address = first.memory().address();
    assertThat(second.memory().address()).isEqualTo(address + (4 << 20));
    second.close();
    first.close();
    try (var both = megabytes(6)) {
      assertThat(both.memory().address()).isEqualTo(address);
    }
    third.close();
    try (var all = megabytes(12)) {
      assertThat(all.memory().address()).isEqualTo(address);
    }
    assertThat(pool.heldBytes()).isEqualTo(12 << 20);
  }

  @Test
  void nobodyGetsWhatAnotherHas() {
    var random = new SplittableRandom(1);
    var open = new ArrayList<Tensor>();
    var numbers = new ArrayList<Float>();
    for (var i = 0; i < 2000; i++) {
      if (random.nextInt(40) < open.size()) {
        var place = random.nextInt(open.size());
        try (var tensor = open.remove(place)) {
          assertThat(tensor.toFloats()).containsOnly(numbers.remove(place));
        }
      } else {
        var values = new float[1 << random.nextInt(12)];
        Arrays.fill(values, i);
        var tensor = pool.allocate(ElementType.FLOAT32, values.length);
        assertThat(tensor.memory().address() % 64).isZero();
        tensor.set(values);
        open.add(tensor);
        numbers.add((float) i);
      }
    }
    open.forEach(Tensor::close);
    assertThat(pool.usedBytes()).isZero();
  }

  @Test
  void trimmingLeavesWhatIsUsed() {
    var kept = megabytes(2);
    kept.set(new float[(int) (2 * MEGABYTE)]);
    megabytes(3).close();
    pool.trim();
    assertThat(pool.heldBytes()).isEqualTo(2 << 20);
    assertThat(kept.toFloats()).containsOnly(0);
    kept.close();
    pool.close();
    assertThat(pool.heldBytes()).isZero();
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
