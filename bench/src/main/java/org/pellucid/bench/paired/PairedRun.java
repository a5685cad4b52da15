package org.pellucid.bench.paired;

import java.util.ArrayList;
import java.util.List;
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
 * rival, ours, rival, …. A turn is a garbage collection, a rest, some calls that aren't measured
 * and some that are; the result is the median of all calls of a side that were measured.
 */
public final class PairedRun {
  /** Above what the threads of either side spin after their last call. */
  private static final long REST_MILLISECONDS = 40;

  /** How long a side calls before its calls count, and how long they count in a turn. */
  private static final double TURN_SECONDS = 0.03;

  private static final int FEWEST_ROUNDS = 3;

  private final Contender ours;
  private final Optional<Contender> rival;
  private final double seconds;

  /**
   * A run.
   *
   * @param seconds how long each side computes at a workload, in about; work that takes several
   *     times as long is done once
   */
  public PairedRun(Contender ours, Optional<Contender> rival, double seconds) {
    this.ours = ours;
    this.rival = rival;
    this.seconds = seconds;
  }

  /**
   * Measures one workload.
   *
   * @param compared whether the rival takes part; one that has no way to do the work doesn't
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
    var longest = warmedUp(task);
    if (opponent.isPresent()) {
      longest = Math.max(longest, warmedUp(opponent.get()));
    }
    var rounds = rounds(longest);
    var oursTimes = new ArrayList<Double>();
    var rivalTimes = new ArrayList<Double>();
    for (var round = 0; round < rounds; round++) {
      turn(task, oursTimes);
      opponent.ifPresent(theirs -> turn(theirs, rivalTimes));
    }
    return new Comparison(
        workload.name(),
        Comparison.Times.of(oursTimes),
        opponent.map(
            _ -> new Comparison.Rival(rival.get().name(), Comparison.Times.of(rivalTimes))),
        error);
  }

  private int rounds(double longest) {
    if (longest > 5 * seconds) {
      return 1;
    }
    var turn = 2 * Math.max(longest, TURN_SECONDS) + REST_MILLISECONDS / 1e3;
    return Math.max(FEWEST_ROUNDS, (int) Math.round(seconds / turn));
  }

  /** Calls for half the time that will be measured; returns the last call's seconds. */
  private double warmedUp(Task task) {
    rest();
    var start = System.nanoTime();
    double last;
    do {
      last = call(task);
    } while (secondsSince(start) < seconds / 2);
    return last;
  }

  /**
   * One side's turn. The first calls after a rest wake sleeping threads and fill caches, and on a
   * virtual machine wait for a processor to come back; work that takes longer than a second doesn't
   * notice.
   */
  private static void turn(Task task, List<Double> times) {
    rest();
    var start = System.nanoTime();
    var first = call(task);
    if (first > 1) {
      times.add(first);
      return;
    }
    while (secondsSince(start) < TURN_SECONDS) {
      call(task);
    }
    start = System.nanoTime();
    do {
      times.add(call(task));
    } while (secondsSince(start) < TURN_SECONDS);
  }

  private static double call(Task task) {
    task.before();
    var start = System.nanoTime();
    task.run();
    return secondsSince(start);
  }

  private static double secondsSince(long start) {
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
}
