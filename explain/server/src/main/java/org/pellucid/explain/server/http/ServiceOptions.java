package org.pellucid.explain.server.http;

import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How requests are taken.
 *
 * @param host name or address to listen at
 * @param port to listen at; 0 for any that is free
 * @param names by which the service may be called besides {@code localhost} and addresses
 * @param connections most at a time
 * @param memory bytes that bodies of requests and answers on their way may take together
 * @param patience for a whole request to arrive, and for an answer to be taken
 * @param log receives one line for each request
 */
public record ServiceOptions(
    String host,
    int port,
    Set<String> names,
    int connections,
    long memory,
    Duration patience,
    Consumer<String> log) {
  /** Copies the set. */
  public ServiceOptions {
    names = Set.copyOf(names);
  }
}
