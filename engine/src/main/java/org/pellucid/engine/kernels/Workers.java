package org.pellucid.engine.kernels;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * The threads that compute, shared by everybody who computes with one engine.
 *
 * <p>Work is cut into numbered pieces by the shapes alone, never by the number of threads, and each
 * piece writes what no other writes; so the result has the same bits however many threads take part
 * and whoever else computes at the time.
 *
 * <p>There are as many seats as threads, and nobody computes without one. A caller waits for a
 * seat, works itself, and lends each seat that is free at the time to a helper; so all processors
 * are busy with one caller, and no more threads compute than seats with a hundred. A piece that
 * calls {@code run} again has its seat already and works alone. Platform and virtual threads may
 * call. Helpers end when idle.
 */
public final class Workers {
  private static final long IDLE_SECONDS = 10;
  private static final int SPINS = 2000;

  /** The seats of the thread that asks, one for each set of workers it works for. */
  private static final ScopedValue<Seat> SEAT = ScopedValue.newInstance();

  private static final Seat NOWHERE = new Seat(null, null);

  /** A place to compute at; {@code outer} is the one taken before among other workers. */
  private record Seat(Workers workers, Seat outer) {}

  private final int threads;
  private final Semaphore seats;
  private final ThreadPoolExecutor helpers;

  /**
   * Workers for {@code threads} threads in all, callers included.
   *
   * @throws IllegalArgumentException if {@code threads} is not positive
   */
  public Workers(int threads) {
    check(threads > 0, "%d threads can't compute anything; ask for at least one", threads);
    this.threads = threads;
    this.seats = new Semaphore(threads, true);
    this.helpers =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("pellucid-kernel-", 1).factory());
    helpers.allowCoreThreadTimeOut(true);
  }

  /** The number of threads, callers included. */
  public int threads() {
    return threads;
  }

  /**
   * Runs {@code piece} for each number from 0 to {@code pieces − 1}, in any order. If pieces fail,
   * one of their exceptions is thrown when nobody works any more; later pieces may be left out. An
   * interrupt doesn't end the work, and the flag stays set.
   */
  public void run(int pieces, IntConsumer piece) {
    if (pieces <= 0) {
      return;
    }
    if (seated()) {
      for (var i = 0; i < pieces; i++) {
        piece.accept(i);
      }
      return;
    }
    seats.acquireUninterruptibly();
    var job = new Job(pieces, piece, Math.min(pieces, threads) - 1);
    try {
      job.inviteHelpers();
      seated(job::takePieces, job.outer);
    } finally {
      seats.release();
      job.await();
    }
    job.throwFailure();
  }

  /**
   * Runs {@code piece} on ranges {@code [start, end)} of at most {@code length} that cover {@code
   * 0..total}.
   */
  public void ranges(long total, long length, RangeConsumer piece) {
    var pieces = Math.toIntExact((total + length - 1) / length);
    run(pieces, i -> piece.accept(i * length, Math.min(total, (i + 1) * length)));
  }

  /** Work on the numbers from {@code start} to {@code end − 1}. */
  @FunctionalInterface
  public interface RangeConsumer {
    /** Does the work. */
    void accept(long start, long end);
  }

  /** Whether the current thread works on one of these workers' pieces. */
  private boolean seated() {
    var seat = SEAT.orElse(NOWHERE);
    while (seat.workers() != this && seat != NOWHERE) {
      seat = seat.outer();
    }
    return seat != NOWHERE;
  }

  /** Runs {@code work} at a seat, for which the caller holds a permit. */
  private void seated(Runnable work, Seat outer) {
    ScopedValue.where(SEAT, new Seat(this, outer)).run(work);
  }

  private final class Job {
    private final int pieces;
    private final IntConsumer piece;
    private final Invitation[] invitations;
    private final Thread caller = Thread.currentThread();

    /** The caller's seats among other workers, which it can't give up before its helpers end. */
    private final Seat outer = SEAT.orElse(NOWHERE);

    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger working = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    Job(int pieces, IntConsumer piece, int mostHelpers) {
      this.pieces = pieces;
      this.piece = piece;
      this.invitations = new Invitation[mostHelpers];
    }

    /** Asks one helper for each seat that is free now. */
    void inviteHelpers() {
      for (var i = 0; i < invitations.length && seats.tryAcquire(); i++) {
        invitations[i] = new Invitation(this);
        helpers.execute(invitations[i]);
      }
    }

    /** Works on pieces until there are none. */
    void takePieces() {
      try {
        for (var i = next.getAndIncrement(); i < pieces; i = next.getAndIncrement()) {
          piece.accept(i);
        }
      } catch (RuntimeException | Error e) {
        failure.compareAndSet(null, e);
        next.set(pieces);
      }
    }

    /** Waits until no helper works any more; those that haven't come by now are sent away. */
    void await() {
      for (var i = 0; i < invitations.length && invitations[i] != null; i++) {
        invitations[i].withdraw();
      }
      var interrupted = false;
      for (var spins = 0; working.get() > 0; spins++) {
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
    }

    void throwFailure() {
      switch (failure.get()) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case null, default -> {}
      }
    }
  }

  /** A helper's way into a job, with a permit for a seat that whoever answers it must give back. */
  private final class Invitation implements Runnable {
    private final Job job;
    private final AtomicBoolean answered = new AtomicBoolean();

    Invitation(Job job) {
      this.job = job;
      job.working.incrementAndGet();
    }

    @Override
    public void run() {
      if (answered.compareAndSet(false, true)) {
        try {
          seated(job::takePieces, job.outer);
        } finally {
          leave();
        }
      }
    }

    void withdraw() {
      if (answered.compareAndSet(false, true)) {
        leave();
      }
    }

    /** The permit first: the caller's next job begins as soon as nobody works on this one. */
    private void leave() {
      seats.release();
      if (job.working.decrementAndGet() == 0) {
        LockSupport.unpark(job.caller);
      }
    }
  }
}
