package org.pellucid.explain.method;

import org.pellucid.weights.UnusableFileException;

/** Says in one sentence why a file with results can't be used. */
public final class ResultFileException extends UnusableFileException {
  private static final long serialVersionUID = 1L;

  /** Keeps the message and the failure that led to it, which may be absent. */
  public ResultFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
