package org.pellucid.engine.kernels;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that take work over from callers, started as they are needed.
 *
 * <p>A pass through a network is a hundred pieces of parallel work that follow each other closely,
 * and to wake a sleeping thread costs as long as a small one of them. So a helper that has nothing
 * to do watches for more work for a moment before it sleeps, and the one that became idle last is
 * asked first. After ten seconds without work it ends.
 */
final class Helpers {
  /** For how long a helper watches for work: longer than the callers' pauses between two pieces. */
  private static final long WATCH_NANOS = 50_000;

  private static final long SLEEP_NANOS = 10_000_000_000L;

  private final ArrayDeque<Helper> idle = new ArrayDeque<>();
  private final AtomicInteger started = new AtomicInteger();

  /** What a helper does. */
  interface Work {
    /** Does it. */
    void run();

    /** Follows {@link #run} when the helper can be asked again already. */
    void end();
  }

  /** Hands work to a helper, which may be asked to return it. */
  Helper give(Work work) {
    var helper = lastIdle();
    if (helper.isPresent()) {
      helper.get().give(work);
      return helper.get();
    }
    var fresh = new Helper(work);
    fresh.thread.start();
    return fresh;
  }

  private synchronized Optional<Helper> lastIdle() {
    return Optional.ofNullable(idle.pollLast());
  }

  private synchronized void rest(Helper helper) {
    idle.addLast(helper);
  }

  private synchronized boolean dismiss(Helper helper) {
    return idle.remove(helper);
  }

  /** One thread. */
  final class Helper {
    private final AtomicReference<Work> next;
    private final Thread thread;
    private volatile boolean asleep;

    private Helper(Work first) {
      next = new AtomicReference<>(first);
      thread =
          Thread.ofPlatform()
              .daemon()
              .name("pellucid-kernel-" + started.incrementAndGet())
              .unstarted(this::work);
    }

    private void give(Work work) {
      next.set(work);
      if (asleep) {
        LockSupport.unpark(thread);
      }
    }

    /** Whether the helper returns work that it hasn't begun; it never will then. */
    boolean takeBack(Work work) {
      var returned = next.compareAndSet(work, null);
      if (returned) {
        rest(this);
      }
      return returned;
    }

    private void work() {
      for (var work = await(); work.isPresent(); work = await()) {
        try {
          work.get().run();
        } finally {
          rest(this);
          work.get().end();
        }
      }
    }

    /** The next work, or empty when none came for long. */
    private Optional<Work> await() {
      var work = watch();
      return work.isPresent() ? work : sleep();
    }

    private Optional<Work> watch() {
      var until = System.nanoTime() + WATCH_NANOS;
      var work = Optional.ofNullable(next.getAndSet(null));
      while (work.isEmpty() && System.nanoTime() - until < 0) {
        Thread.onSpinWait();
        work = next();
      }
      return work;
    }

    /** Looks before it takes, so that watching doesn't claim the cache line from the giver. */
    private Optional<Work> next() {
      return next.get() == null ? Optional.empty() : Optional.ofNullable(next.getAndSet(null));
    }

    private Optional<Work> sleep() {
      asleep = true;
      var until = System.nanoTime() + SLEEP_NANOS;
      var work = next();
      while (work.isEmpty()) {
        var left = until - System.nanoTime();
        if (left <= 0 && dismiss(this)) {
          return work;
        }
        LockSupport.parkNanos(this, Math.max(left, WATCH_NANOS));
        work = next();
      }
      asleep = false;
      return work;
    }
  }
}
