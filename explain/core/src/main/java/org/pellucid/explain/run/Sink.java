package org.pellucid.explain.run;

/**
 * Receives the results of a run, input by input, from the thread that runs it. It is closed at the
 * end whether or not the run finished; unfinished results must then not look finished.
 */
public interface Sink extends AutoCloseable {

  /**
   * Receives an input with its explanations.
   *
   * @throws java.io.UncheckedIOException if it can't be written
   */
  void accept(ExplainedInput input);

  /**
   * Receives an input whose results an earlier run wrote; see {@link RunJournal}. Files that are
   * there already are right.
   *
   * @throws java.io.UncheckedIOException if what is missing can't be written
   */
  default void restore(ExplainedInput input) {
    accept(input);
  }

  /** Receives the name of an input that failed, and why, in a sentence. */
  default void fail(String name, String reason) {}

  /**
   * Completes the results after the last input.
   *
   * @throws java.io.UncheckedIOException if they can't be written
   */
  default void finish(RunSummary summary) {}

  @Override
  default void close() {}
}
