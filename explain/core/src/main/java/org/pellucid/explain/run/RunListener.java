package org.pellucid.explain.run;

/** Receives progress updates of a run. */
@FunctionalInterface
public interface RunListener {
  /** Ignores all updates. */
  RunListener NONE = (number, input, method, done, total) -> {};

  /**
   * Receives that {@code done} of {@code total} steps of a method on an input are finished.
   *
   * @param number of the input, from 0
   * @param input its name
   * @param method the name of the method's results
   */
  void update(int number, String input, String method, long done, long total);
}
