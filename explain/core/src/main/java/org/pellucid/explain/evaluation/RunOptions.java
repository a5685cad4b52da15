package org.pellucid.explain.evaluation;

import static org.pellucid.engine.tensor.Shapes.check;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The options of a run that are not a method's parameters. Only the seed changes the result, and
 * for methods that draw from one sequence over many inputs the count of numbers drawn before.
 *
 * @param batchSize inputs at a time, at least 1; default: what the engine's memory budget has room
 *     for
 * @param chosenSeed of the random numbers; default: the method's own, usually 0
 * @param drawn the number of random numbers that earlier inputs of the same sequence drew
 * @param progress receives updates
 */
public record RunOptions(
    OptionalInt batchSize, OptionalLong chosenSeed, long drawn, Progress progress) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if the batch size isn't positive or the count is negative
   */
  public RunOptions {
    check(batchSize.orElse(1) > 0, "A batch has room for at least one input");
    check(drawn >= 0, "%d random numbers can't have been drawn", drawn);
  }

  /** Batches as the memory budget allows, seed 0, no progress. */
  public static RunOptions standard() {
    return new RunOptions(OptionalInt.empty(), OptionalLong.empty(), 0, Progress.NONE);
  }

  /** The seed of the random numbers, 0 if none was chosen. */
  public long seed() {
    return chosenSeed.orElse(0);
  }

  /** These options with a batch size. */
  public RunOptions withBatchSize(int size) {
    return new RunOptions(OptionalInt.of(size), chosenSeed, drawn, progress);
  }

  /** These options with another seed. */
  public RunOptions withSeed(long other) {
    return new RunOptions(batchSize, OptionalLong.of(other), drawn, progress);
  }

  /** These options after earlier inputs of one sequence drew random numbers. */
  public RunOptions withDrawn(long numbers) {
    return new RunOptions(batchSize, chosenSeed, numbers, progress);
  }

  /** These options with another receiver of progress updates. */
  public RunOptions withProgress(Progress receiver) {
    return new RunOptions(batchSize, chosenSeed, drawn, receiver);
  }
}
