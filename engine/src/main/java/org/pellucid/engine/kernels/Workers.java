package org.pellucid.engine.kernels;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * The threads that compute, shared by all callers of one engine.
 *
 * <p>Work is cut into numbered pieces by the shapes alone, never by the number of threads, and each
 * piece writes what no other writes; so the result has the same bits with any number of threads and
 * with any other work at the same time.
 *
 * <p>There are as many permits as threads, and a thread computes only with one. A caller waits for
 * a permit, works itself, and passes each permit that is free at the time to a helper; so one
 * caller keeps all processors busy, and with a hundred callers no more threads compute than there
 * are permits. A piece that calls {@code run} again holds a permit already and works alone.
 * Platform and virtual threads may call. Helpers end when idle.
 */
public final class Workers {
  private static final int SPINS = 2000;

  /** The permits of the current thread, one for each set of workers that it works for. */
  private static final ScopedValue<Permit> PERMIT = ScopedValue.newInstance();

  private static final Permit NONE = new Permit(null, null);

  /** The right to compute; {@code outer} is the one acquired before from other workers. */
  private record Permit(Workers workers, Permit outer) {}

  private final int threads;
  private final Semaphore permits;
  private final Helpers helpers = new Helpers();

  /**
   * Workers for {@code threads} threads in all, callers included.
   *
   * @throws IllegalArgumentException if {@code threads} is not positive
   */
  public Workers(int threads) {
    check(threads > 0, "%d threads can't compute anything; ask for at least one", threads);
    this.threads = threads;
    this.permits = new Semaphore(threads, true);
  }

  /** The number of threads, callers included. */
  public int threads() {
    return threads;
  }

  /**
   * Runs {@code piece} for each number from 0 to {@code pieces − 1}, in any order. If pieces fail,
   * one of their exceptions is thrown when all work has ended; later pieces may be left out. An
   * interrupt doesn't end the work, and the flag stays set.
   */
  public void run(int pieces, IntConsumer piece) {
    if (pieces <= 0) {
      return;
    }
    if (holdsPermit()) {
      for (var i = 0; i < pieces; i++) {
        piece.accept(i);
      }
      return;
    }
    permits.acquireUninterruptibly();
    var job = new Job(pieces, piece, Math.min(pieces, threads) - 1);
    try {
      job.inviteHelpers();
      withPermit(job::takePieces, job.outer);
    } finally {
      permits.release();
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
  private boolean holdsPermit() {
    var permit = PERMIT.orElse(NONE);
    while (permit.workers() != this && permit != NONE) {
      permit = permit.outer();
    }
    return permit != NONE;
  }

  /** Runs {@code work} with a permit that the caller acquired. */
  private void withPermit(Runnable work, Permit outer) {
    ScopedValue.where(PERMIT, new Permit(this, outer)).run(work);
  }

  private final class Job {
    private final int pieces;
    private final IntConsumer piece;
    private final Invitation[] invitations;
    private final Thread caller = Thread.currentThread();

    /** The caller's permits of other workers, which it can't release before its helpers end. */
    private final Permit outer = PERMIT.orElse(NONE);

    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger working = new AtomicInteger();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    Job(int pieces, IntConsumer piece, int mostHelpers) {
      this.pieces = pieces;
      this.piece = piece;
      this.invitations = new Invitation[mostHelpers];
    }

    /** Invites one helper for each permit that is free now. */
    void inviteHelpers() {
      for (var i = 0; i < invitations.length && permits.tryAcquire(); i++) {
        invitations[i] = new Invitation(this);
        invitations[i].send();
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

    /** Waits until no helper works any more; those that haven't begun by now are not needed. */
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

  /** A helper's way into a job, with a permit that the one who answers it must release. */
  private final class Invitation implements Helpers.Work {
    private final Job job;
    private Optional<Helpers.Helper> invited = Optional.empty();

    Invitation(Job job) {
      this.job = job;
      job.working.incrementAndGet();
    }

    void send() {
      invited = Optional.of(helpers.give(this));
    }

    @Override
    public void run() {
      withPermit(job::takePieces, job.outer);
    }

    /** An invitation that never reached a helper, since no thread could be started, ends too. */
    void withdraw() {
      if (invited.isEmpty() || invited.get().takeBack(this)) {
        end();
      }
    }

    /** The permit first: the caller's next job begins as soon as all work on this one has ended. */
    @Override
    public void end() {
      permits.release();
      if (job.working.decrementAndGet() == 0) {
        LockSupport.unpark(job.caller);
      }
    }
  }
}
