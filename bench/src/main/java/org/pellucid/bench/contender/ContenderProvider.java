package org.pellucid.bench.contender;

import java.util.Set;

/** Makes contenders that only a Maven profile brings; found by {@link java.util.ServiceLoader}. */
public interface ContenderProvider {

  /** The names of the contenders it can make. */
  Set<String> names();

  /**
   * Starts a contender.
   *
   * @param name one of {@link #names()}
   * @param threads the most threads it may use, at least 1
   */
  Contender open(String name, int threads);
}
