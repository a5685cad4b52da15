package org.pellucid.bench.paired;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalDouble;
import org.pellucid.bench.contender.Contender;
import org.pellucid.bench.contender.Task;
import org.pellucid.bench.work.Agreement;
import org.pellucid.bench.work.ConvolutionWork;
import org.pellucid.bench.work.DoubleReference;
import org.pellucid.bench.work.Workload;

/**
 * Times two contenders in turn at one workload after another.
 *
 * <p>First both answer and the answers are compared; then both warm up; then come the rounds: ours,
 * rival, ours, rival, …, each turn after a garbage collection and a rest. A turn is as many calls
 * as fill 30 ms, since a single short one would be mostly the waking of threads.
 */
public final class PairedRun {
  /** OpenBLAS's threads spin for some 2²⁶ cycles, PyTorch's and ND4J's OpenMP for less. */
  private static final long REST_MILLISECONDS = 60;

  private static final double TURN_SECONDS = 0.03;
  private static final int FEWEST_ROUNDS = 5;
  private static final int MOST_ROUNDS = 41;

  private final Contender ours;
  private final Optional<Contender> rival;
  private final double seconds;

  /**
   * A run.
   *
   * @param seconds how long each side is timed at a workload, in about; one that takes several
   *     times as long is timed once
   */
  public PairedRun(Contender ours, Optional<Contender> rival, double seconds) {
    this.ours = ours;
    this.rival = rival;
    this.seconds = seconds;
  }

  /**
   * Measures one workload.
   *
   * @param compared whether the rival takes part
   * @throws IllegalStateException if the answers differ by more than the workload's tolerance, or
   *     ours can't do it
   */
  public Comparison measure(Workload workload, boolean compared) {
    var other = compared ? rival : Optional.<Contender>empty();
    try (var task = prepared(ours, workload)) {
      var opponent = other.flatMap(contender -> contender.prepare(workload));
      try {
        var answer = task.answer();
        opponent.ifPresent(
            theirs ->
                Agreement.check(
                    workload, ours.name(), answer, other.get().name(), theirs.answer()));
        return measure(workload, task, opponent, error(workload, answer));
      } finally {
        opponent.ifPresent(Task::close);
      }
    }
  }

  private static Task prepared(Contender contender, Workload workload) {
    return contender
        .prepare(workload)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    contender.name() + " has no way to do " + workload.name() + "."));
  }

  private static OptionalDouble error(Workload workload, float[] answer) {
    return workload instanceof ConvolutionWork work
        ? OptionalDouble.of(DoubleReference.relativeError(work, answer))
        : OptionalDouble.empty();
  }

  private Comparison measure(
      Workload workload, Task task, Optional<Task> opponent, OptionalDouble error) {
    var oursOnce = warmedUp(task);
    var rivalOnce = opponent.isPresent() ? warmedUp(opponent.get()) : 0;
    var rounds = rounds(Math.max(oursOnce, rivalOnce));
    var oursTimes = new double[rounds];
    var rivalTimes = new double[rounds];
    for (var round = 0; round < rounds; round++) {
      oursTimes[round] = turn(task, oursOnce);
      if (opponent.isPresent()) {
        rivalTimes[round] = turn(opponent.get(), rivalOnce);
      }
    }
    return new Comparison(
        workload.name(),
        median(oursTimes) * 1e3,
        opponent.map(_ -> new Comparison.Rival(rival.get().name(), median(rivalTimes) * 1e3)),
        rounds,
        error);
  }

  private int rounds(double longest) {
    if (longest > 5 * seconds) {
      return 1;
    }
    var wanted = (int) Math.round(seconds / Math.max(longest, TURN_SECONDS));
    return Math.clamp(wanted, FEWEST_ROUNDS, MOST_ROUNDS);
  }

  /**
   * Runs a task for half the time that it will be measured, and returns the last call's seconds.
   */
  private double warmedUp(Task task) {
    rest();
    var start = System.nanoTime();
    double last;
    do {
      last = call(task);
    } while ((System.nanoTime() - start) / 1e9 < seconds / 2);
    return last;
  }

  private static double turn(Task task, double once) {
    var calls = Math.max(1, (int) Math.round(TURN_SECONDS / Math.max(once, 1e-6)));
    rest();
    var sum = 0.0;
    for (var i = 0; i < calls; i++) {
      sum += call(task);
    }
    return sum / calls;
  }

  private static double call(Task task) {
    task.before();
    var start = System.nanoTime();
    task.run();
    return (System.nanoTime() - start) / 1e9;
  }

  private static void rest() {
    System.gc();
    try {
      Thread.sleep(REST_MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("The benchmark was interrupted.", e);
    }
  }

  static double median(double[] values) {
    var sorted = values.clone();
    Arrays.sort(sorted);
    var middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
