package org.pellucid.explain.cli;

import java.io.IOException;

/**
 * Says that the library refused what the user gave: a word that a sentence doesn't contain, a layer
 * that a model doesn't have. An {@link IllegalArgumentException} that doesn't come from such values
 * is a bug and is shown as one.
 */
final class RefusedInput extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private RefusedInput(IllegalArgumentException refusal) {
    super(refusal.getMessage(), refusal);
  }

  /** Work on the user's values. */
  @FunctionalInterface
  interface Work<T> {
    T result() throws IOException, InterruptedException;
  }

  /**
   * Does work that hands the user's values to the library.
   *
   * @throws RefusedInput if the library refuses them
   */
  static <T> T orResult(Work<T> work) throws IOException, InterruptedException {
    try {
      return work.result();
    } catch (IllegalArgumentException refusal) {
      throw new RefusedInput(refusal);
    }
  }
}
