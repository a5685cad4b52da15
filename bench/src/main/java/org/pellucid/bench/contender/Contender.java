package org.pellucid.bench.contender;

import java.util.Optional;
import org.pellucid.bench.work.Workload;

/** Runs workloads: one engine with its settings. Belongs to one thread. */
public interface Contender extends AutoCloseable {

  /** The name in tables and files, such as {@code pellucid-vector}. */
  String name();

  /**
   * Gets ready to do a workload: builds its network, uploads its numbers.
   *
   * @return empty if this contender can't do it
   */
  Optional<Task> prepare(Workload workload);

  /** Gives everything back. */
  @Override
  void close();
}
