package org.pellucid.weights;

import java.nio.file.Path;

/**
 * Says in one sentence why a weight file can't be read, written or converted: what is wrong, where,
 * and what to do.
 */
public final class WeightsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The kinds of things that go wrong. */
  public enum Cause {
    /** The file doesn't exist or the operating system refused it. */
    FILE,
    /** The content is none of the known formats. */
    UNKNOWN_FORMAT,
    /** The file ends before what it announces. */
    TRUNCATED,
    /** A header breaks its format's rules. */
    INVALID_HEADER,
    /** A tensor's type, shape, strides and bytes don't fit together. */
    INVALID_TENSOR,
    /** Tensors overlap or leave holes, or a name stands twice. */
    INVALID_LAYOUT,
    /** A pickle asks for something other than data. */
    FORBIDDEN_CODE,
    /** A checksum differs. */
    CHECKSUM,
    /** Something is larger than the limits allow. */
    LIMIT,
    /** A valid file uses something that isn't supported. */
    UNSUPPORTED,
    /** A tensor that was asked for isn't there. */
    MISSING_TENSOR,
    /** A number doesn't fit into the type it is converted to. */
    OVERFLOW
  }

  private final Cause kind;

  /** An exception about a file. */
  public WeightsException(Cause kind, Path file, String message, Object... arguments) {
    this(kind, null, file, message, arguments);
  }

  /** An exception about a file with the exception that led to it. */
  public WeightsException(
      Cause kind, Throwable cause, Path file, String message, Object... arguments) {
    super(file + ": " + message.formatted(arguments), cause);
    this.kind = kind;
  }

  /** What went wrong. */
  public Cause kind() {
    return kind;
  }
}
