package org.pellucid.explain.search;

import org.pellucid.weights.UnusableFileException;

/** Says in one sentence why a corpus or an index of one can't be used. */
public final class CorpusException extends UnusableFileException {
  private static final long serialVersionUID = 1L;

  /** A reason without a deeper cause: what is wrong, where, and what to do. */
  CorpusException(String message, Object... arguments) {
    super(message.formatted(arguments), null);
  }

  private CorpusException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The same with the failure that led to it. */
  static CorpusException because(Throwable cause, String message, Object... arguments) {
    return new CorpusException(message.formatted(arguments), cause);
  }
}
