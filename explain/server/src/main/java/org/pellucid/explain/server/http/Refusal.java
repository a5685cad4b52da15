package org.pellucid.explain.server.http;

import java.util.Map;

/** A request that isn't answered as asked: why, in one sentence, and under which status. */
public final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient Map<String, String> headers;

  /** A refusal with further headers. */
  public Refusal(int status, String sentence, Map<String, String> headers) {
    super(sentence);
    this.status = status;
    this.headers = Map.copyOf(headers);
  }

  /** A refusal. */
  public Refusal(int status, String sentence) {
    this(status, sentence, Map.of());
  }

  /** The same request may succeed after so many seconds. */
  static Refusal busy(String sentence, int seconds) {
    return new Refusal(503, sentence, Map.of("Retry-After", Integer.toString(seconds)));
  }

  /** The status of HTTP. */
  public int status() {
    return status;
  }

  /** Further headers by name. */
  public Map<String, String> headers() {
    return headers;
  }
}
