package org.pellucid.engine.kernels.vector;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * The threads that kernels share.
 *
 * <p>A kernel cuts its work into numbered pieces by the shapes alone, never by the number of
 * threads, and each piece writes what no other writes; so the result has the same bits however many
 * threads take part and whoever else computes at the time. The calling thread works too. When
 * several threads call at once, each gets fewer helpers, so that no more threads compute than the
 * given number unless there are more callers than that.
 */
final class Workers {
  private static final long IDLE_SECONDS = 10;
  private static final int SPINS = 2000;

  private final int threads;
  private final ThreadPoolExecutor helpers;
  private final AtomicInteger callers = new AtomicInteger();

  /**
   * Makes helpers for {@code threads} threads in all, the caller included; they end when idle.
   *
   * @throws IllegalArgumentException if {@code threads} is not positive
   */
  Workers(int threads) {
    check(threads > 0, "%d threads can't compute anything; ask for at least one", threads);
    this.threads = threads;
    this.helpers =
        new ThreadPoolExecutor(
            Math.max(1, threads - 1),
            Math.max(1, threads - 1),
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("pellucid-kernel-", 1).factory());
    helpers.allowCoreThreadTimeOut(true);
  }

  int threads() {
    return threads;
  }

  /** Runs {@code piece} for each number from 0 to {@code pieces − 1}, in any order. */
  void run(int pieces, IntConsumer piece) {
    if (pieces <= 1 || threads == 1) {
      for (var i = 0; i < pieces; i++) {
        piece.accept(i);
      }
      return;
    }
    var job = new Job(pieces, piece, Thread.currentThread());
    try {
      var others = callers.getAndIncrement();
      var wanted = Math.min(pieces, threads - others) - 1;
      for (var i = 0; i < wanted; i++) {
        helpers.execute(job);
      }
      job.run();
    } finally {
      callers.decrementAndGet();
    }
    job.await();
  }

  /**
   * Runs {@code piece} on ranges {@code [start, end)} of at most {@code length} that cover {@code
   * 0..total}.
   */
  void ranges(long total, long length, RangeConsumer piece) {
    var pieces = Math.toIntExact((total + length - 1) / length);
    run(pieces, i -> piece.accept(i * length, Math.min(total, (i + 1) * length)));
  }

  /** Work on the numbers from {@code start} to {@code end − 1}. */
  @FunctionalInterface
  interface RangeConsumer {
    void accept(long start, long end);
  }

  private static final class Job implements Runnable {
    private final int pieces;
    private final IntConsumer piece;
    private final Thread caller;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger unfinished;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    Job(int pieces, IntConsumer piece, Thread caller) {
      this.pieces = pieces;
      this.piece = piece;
      this.caller = caller;
      this.unfinished = new AtomicInteger(pieces);
    }

    @Override
    public void run() {
      for (var i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
        try {
          piece.accept(i);
        } catch (RuntimeException | Error e) {
          failure.compareAndSet(null, e);
        }
        if (unfinished.decrementAndGet() == 0) {
          LockSupport.unpark(caller);
        }
      }
    }

    void await() {
      var interrupted = false;
      for (var spins = 0; unfinished.get() > 0; spins++) {
        if (spins < SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.park(this);
          interrupted |= Thread.interrupted();
        }
      }
      if (interrupted) {
        caller.interrupt();
      }
      switch (failure.get()) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case null, default -> {}
      }
    }
  }
}
