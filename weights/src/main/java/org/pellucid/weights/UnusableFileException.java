package org.pellucid.weights;

/**
 * Says in one sentence why a file can't be used: what is wrong, in which file, and what to do.
 * Weight files, images and model descriptions each have a subclass; a caller's own mistake is an
 * {@link IllegalArgumentException} instead.
 */
public abstract class UnusableFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Keeps the message and the failure that led to it.
   *
   * @param cause may be absent, as {@link Throwable} allows
   */
  protected UnusableFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
