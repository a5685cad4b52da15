package org.pellucid.weights;

/** Receives progress updates of a long operation. */
@FunctionalInterface
public interface Progress {
  /** Ignores all updates. */
  Progress NONE = (_, _) -> {};

  /**
   * Receives that {@code done} of {@code total} units are finished. Called by one thread at a time,
   * with values that never fall; an exception that it throws ends the operation.
   */
  void update(long done, long total);
}
