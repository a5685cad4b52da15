package org.pellucid.models.vision;

import org.pellucid.weights.UnusableFileException;

/**
 * Says in one sentence why an image could not be read or written: what is wrong, in which file, and
 * what to do.
 */
public final class ImageException extends UnusableFileException {
  private static final long serialVersionUID = 1L;

  /**
   * An exception without a deeper cause.
   *
   * @param message what is wrong, where, and what to do
   */
  public ImageException(String message) {
    super(message, null);
  }

  /**
   * An exception with the failure that led to it.
   *
   * @param message what is wrong, where, and what to do
   */
  public ImageException(String message, Throwable cause) {
    super(message, cause);
  }
}
