package org.pellucid.explain.server.http;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Few threads that compute, and a queue of bounded length before them. Threads of the platform, not
 * virtual ones: who computes for seconds would keep the carriers of all others.
 *
 * <p>Safe to use from several threads.
 */
public final class WorkQueue implements AutoCloseable {
  private final ThreadPoolExecutor workers;
  private final Duration longest;

  /**
   * A queue.
   *
   * @param workers pieces of work at a time, at least 1
   * @param waiting most pieces that wait, at least 1
   * @param longest that one piece may take, waiting included
   */
  public WorkQueue(int workers, int waiting, Duration longest) {
    this.workers =
        new ThreadPoolExecutor(
            workers,
            workers,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(waiting),
            Thread.ofPlatform().name("pellucid-worker-", 0).daemon().factory());
    this.longest = longest;
  }

  /**
   * Does a piece of work when its turn comes. If the calling thread is interrupted, the work is
   * given up: it leaves the queue, or its thread is interrupted.
   *
   * @throws Refusal 503 if too many wait, 504 if it takes too long
   * @throws CancellationException if the calling thread was interrupted
   * @throws Exception what the work throws
   */
  public <T> T result(Callable<T> work) throws Exception {
    var task = new FutureTask<>(work);
    try {
      workers.execute(task);
    } catch (RejectedExecutionException e) {
      throw Refusal.busy(
          workers.isShutdown()
              ? "The server is stopping."
              : "The server has too much to do; try again in some seconds.",
          5);
    }
    try {
      return task.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new CancellationException("the client left");
    } catch (TimeoutException e) {
      throw new Refusal(
          504,
          "This took more than %d seconds and was given up; ask for less."
              .formatted(longest.toSeconds()));
    } catch (ExecutionException e) {
      throw unwrapped(e.getCause());
    } finally {
      if (!task.isDone()) {
        task.cancel(true);
        workers.remove(task);
      }
    }
  }

  private static Exception unwrapped(Throwable cause) {
    return switch (cause) {
      case Exception exception -> exception;
      case Error error -> throw error;
      default -> new IllegalStateException(cause);
    };
  }

  /** Pieces of work that wait. */
  public int waiting() {
    return workers.getQueue().size();
  }

  /** Pieces of work that are being done. */
  public int running() {
    return workers.getActiveCount();
  }

  /** Interrupts what is being done, drops what waits, and waits some seconds for the threads. */
  @Override
  public void close() {
    workers.shutdownNow();
    try {
      workers.awaitTermination(3, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
