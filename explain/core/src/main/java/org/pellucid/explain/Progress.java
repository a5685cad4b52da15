package org.pellucid.explain;

import java.util.concurrent.CancellationException;

/** Somebody who is told how far a long computation has come. */
@FunctionalInterface
public interface Progress {
  /** Nobody. */
  Progress NONE = (_, _) -> {};

  /** Receives that {@code done} of {@code total} steps are behind. */
  void update(long done, long total);

  /**
   * Tells how far the computation has come, and ends it if its thread was interrupted.
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
