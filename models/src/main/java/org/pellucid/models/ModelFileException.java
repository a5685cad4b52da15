package org.pellucid.models;

import org.pellucid.weights.UnusableFileException;

/**
 * Says in one sentence why a file that describes a model can't be used: a configuration, a
 * vocabulary, a description of layers, or weights that don't form the network asked for.
 */
public final class ModelFileException extends UnusableFileException {
  private static final long serialVersionUID = 1L;

  /**
   * An exception without a deeper cause.
   *
   * @param message what is wrong, where, and what to do
   */
  public ModelFileException(String message) {
    super(message, null);
  }

  /**
   * An exception with the failure that led to it.
   *
   * @param message what is wrong, where, and what to do
   */
  public ModelFileException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Throws unless {@code condition} holds.
   *
   * @throws ModelFileException with the formatted message
   */
  public static void check(boolean condition, String message, Object... arguments) {
    if (!condition) {
      throw new ModelFileException(message.formatted(arguments) + ".");
    }
  }
}
