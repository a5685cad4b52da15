package org.pellucid.explain.evaluation;

import java.util.concurrent.CancellationException;

/** Receives progress updates of a long computation. */
@FunctionalInterface
public interface Progress {
  /** Ignores all updates. */
  Progress NONE = (done, total) -> {};

  /** Receives that {@code done} of {@code total} steps are finished. */
  void update(long done, long total);

  /**
   * Reports an update, and ends the computation if its thread was interrupted.
   *
   * @throws CancellationException if the thread was interrupted; its flag stays set
   */
  default void step(long done, long total) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("The explanation was cancelled.");
    }
    update(done, total);
  }
}
