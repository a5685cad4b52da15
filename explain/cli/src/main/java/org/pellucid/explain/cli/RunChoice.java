package org.pellucid.explain.cli;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.pellucid.engine.tensor.Shapes;
import org.pellucid.explain.evaluation.Progress;
import org.pellucid.explain.evaluation.RunOptions;
import picocli.CommandLine.Option;

/** The options of every run of explanations that are not a method's own. */
final class RunChoice {
  @Option(names = "--seed", description = "Of the random numbers; default: 0.")
  private Optional<Long> seed;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "Images at a time; default: as large as --memory allows.")
  private Optional<Integer> batch;

  /** The seed of the random numbers. */
  long seed() {
    return seed.orElse(0L);
  }

  /**
   * What was chosen.
   *
   * @throws IllegalArgumentException if a batch has no room for an image
   */
  RunOptions options() {
    Shapes.check(batch.orElse(1) > 0, "--batch is %d, but must be at least 1", batch.orElse(1));
    return new RunOptions(
        batch.map(OptionalInt::of).orElse(OptionalInt.empty()),
        seed.map(OptionalLong::of).orElse(OptionalLong.empty()),
        0,
        Progress.NONE);
  }
}
