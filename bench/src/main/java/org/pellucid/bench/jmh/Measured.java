package org.pellucid.bench.jmh;

import java.util.Optional;
import org.pellucid.bench.contender.Contender;
import org.pellucid.bench.contender.Contenders;
import org.pellucid.bench.contender.Task;
import org.pellucid.bench.work.Agreement;
import org.pellucid.bench.work.Workload;

/** A contender's task whose answer was found to be the portable kernels'. */
final class Measured implements AutoCloseable {
  private final Contender contender;
  private final Task task;

  private Measured(Contender contender, Task task) {
    this.contender = contender;
    this.task = task;
  }

  /**
   * Gets ready and checks the answer.
   *
   * @throws IllegalStateException if the contender has no way to do the work, or answers otherwise
   */
  static Measured open(String name, Workload workload) {
    return open(name, workload, workload);
  }

  /**
   * Gets ready, and checks the answer to a smaller workload of the same kind.
   *
   * @throws IllegalStateException if the contender has no way to do the work, or answers otherwise
   */
  static Measured open(String name, Workload workload, Workload checked) {
    var threads = Runtime.getRuntime().availableProcessors();
    var reference = reference(name, checked, threads);
    var contender = Contenders.open(name, threads);
    if (reference.isPresent()) {
      try (var task = prepared(contender, checked)) {
        var answer = task.answer();
        Agreement.check(checked, name, answer, Contenders.PORTABLE, reference.get());
      }
    }
    return new Measured(contender, prepared(contender, workload));
  }

  private static Task prepared(Contender contender, Workload workload) {
    return contender
        .prepare(workload)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    contender.name() + " has no way to do " + workload.name() + "."));
  }

  private static Optional<float[]> reference(String name, Workload workload, int threads) {
    if (name.equals(Contenders.PORTABLE)) {
      return Optional.empty();
    }
    try (var portable = Contenders.open(Contenders.PORTABLE, threads)) {
      try (var task = portable.prepare(workload).orElseThrow()) {
        return Optional.of(task.answer());
      }
    }
  }

  /** What an invocation needs before it, unmeasured. */
  void before() {
    task.before();
  }

  /** The work. */
  void run() {
    task.run();
  }

  @Override
  public void close() {
    task.close();
    contender.close();
  }
}
