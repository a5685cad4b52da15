package org.pellucid.engine.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who computes, how many at a time, and what happens when something goes wrong. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WorkersTests {
  private final AtomicInteger computing = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  private void compute() {
    most.accumulateAndGet(computing.incrementAndGet(), Math::max);
    LockSupport.parkNanos(20_000);
    computing.decrementAndGet();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 7", "2, 1", "2, 2", "3, 100", "8, 3", "4, 0"})
  void doesEachPieceOnce(int threads, int pieces) {
    var done = new AtomicIntegerArray(Math.max(1, pieces));
    new Workers(threads).run(pieces, done::incrementAndGet);
    for (var i = 0; i < pieces; i++) {
      assertThat(done.get(i)).isOne();
    }
  }

  /** Comes when as many threads have come, however long a busy machine makes them wait. */
  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void letsHelpersTakePart() {
    var workers = new Workers(4);
    var threads = ConcurrentHashMap.newKeySet();
    var all = new CyclicBarrier(4);
    workers.run(
        8,
        _ -> {
          threads.add(Thread.currentThread());
          meet(all);
        });
    assertThat(threads).hasSize(4).contains(Thread.currentThread());
  }

  @ParameterizedTest
  @CsvSource({"1, false", "2, false", "3, true"})
  void neverComputesOnMoreThreadsThanAsked(int threads, boolean virtual) throws Exception {
    var workers = new Workers(threads);
    try (var callers =
        virtual ? Executors.newVirtualThreadPerTaskExecutor() : Executors.newFixedThreadPool(10)) {
      var jobs = new ArrayList<Future<?>>();
      for (var caller = 0; caller < 10; caller++) {
        jobs.add(
            callers.submit(
                () -> {
                  for (var round = 0; round < 20; round++) {
                    workers.run(6, _ -> compute());
                  }
                }));
      }
      for (var job : jobs) {
        job.get();
      }
    }
    // That all of them compute at the same time is for letsHelpersTakePart to show: here it would
    // depend on when a busy machine lets them.
    assertThat(most.get()).isBetween(1, threads);
  }

  @Test
  void worksInsideOfPieces() {
    var workers = new Workers(2);
    var others = new Workers(2);
    var count = new AtomicInteger();
    workers.run(5, _ -> others.run(5, _ -> workers.run(5, _ -> count.incrementAndGet())));
    assertThat(count.get()).isEqualTo(5 * 5 * 5);
  }

  @Test
  void letsHelpersOfOthersWorkAtTheSeatThatWaitsForThem() {
    var only = new Workers(1);
    var others = new Workers(2);
    var helpers = ConcurrentHashMap.newKeySet();
    var both = new CyclicBarrier(2);
    only.run(
        1,
        _ ->
            others.run(
                2,
                _ -> {
                  meet(both);
                  only.run(1, _ -> helpers.add(Thread.currentThread()));
                }));
    assertThat(helpers).hasSize(2);
  }

  @Test
  void throwsWhatAPieceThrowsAndGoesOnWorking() {
    var workers = new Workers(3);
    for (var round = 0; round < 50; round++) {
      var failing = round % 9;
      assertThatThrownBy(
              () ->
                  workers.run(
                      9,
                      piece -> {
                        compute();
                        if (piece == failing) {
                          throw new IllegalStateException("piece " + piece);
                        }
                      }))
          .hasMessage("piece " + failing);
      assertThat(computing.get()).isZero();
    }
    var count = new AtomicInteger();
    workers.run(30, _ -> count.incrementAndGet());
    assertThat(count.get()).isEqualTo(30);
  }

  @Test
  void finishesInSpiteOfAnInterruptAndKeepsTheFlag() {
    var count = new AtomicInteger();
    Thread.currentThread().interrupt();
    new Workers(2)
        .run(
            50,
            _ -> {
              LockSupport.parkNanos(1000);
              count.incrementAndGet();
            });
    assertThat(Thread.interrupted()).isTrue();
    assertThat(count.get()).isEqualTo(50);
  }

  @Test
  void refusesNoThreads() {
    assertThatThrownBy(() -> new Workers(0))
        .hasMessage("0 threads can't compute anything; ask for at least one.");
  }
}
