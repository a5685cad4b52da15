package org.pellucid.bench.contender;

/** A workload that a contender is ready to do, as often as it is asked. */
public interface Task extends AutoCloseable {

  /** Does what each {@link #run()} needs done before it but isn't part of the work. */
  default void before() {}

  /** Does the work once and drops the answer; this is what is timed. */
  void run();

  /**
   * Does the work once and returns the answer in C order, in PyTorch's layout (images and weights
   * with channels first); several tensors follow one another.
   */
  float[] answer();

  /** Gives its memory back. */
  @Override
  void close();
}
