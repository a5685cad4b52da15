package org.pellucid.weights;

import java.nio.file.Path;

/**
 * Says in one sentence why a weight file can't be read, written or converted: what is wrong, where,
 * and what to do.
 */
public final class WeightsException extends UnusableFileException {
  private static final long serialVersionUID = 1;
  private static final int LONGEST_MESSAGE = 4000;

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
    /** Tensors overlap or leave holes, or a name appears twice. */
    INVALID_LAYOUT,
    /** A pickle asks for something other than data. */
    FORBIDDEN_CODE,
    /** A checksum differs. */
    CHECKSUM,
    /** Something is larger than the limits allow. */
    LIMIT,
    /** A valid file uses something that isn't supported. */
    UNSUPPORTED,
    /** Several things in a valid file could be meant. */
    AMBIGUOUS,
    /** A tensor that was asked for isn't there. */
    MISSING_TENSOR,
    /** A number doesn't fit into the type it is converted to. */
    OVERFLOW
  }

  private final Cause kind;
  private final transient FileLocation location;
  private final String reason;

  /** An exception about a file. */
  public WeightsException(Cause kind, Path file, String message, Object... arguments) {
    this(kind, null, FileLocation.in(file), message, arguments);
  }

  /** An exception about a file with the exception that led to it. */
  public WeightsException(
      Cause kind, Throwable cause, Path file, String message, Object... arguments) {
    this(kind, cause, FileLocation.in(file), message, arguments);
  }

  /** An exception about a location in a file. */
  public WeightsException(Cause kind, FileLocation location, String message, Object... arguments) {
    this(kind, null, location, message, arguments);
  }

  /** An exception about a location in a file with the exception that led to it. */
  public WeightsException(
      Cause kind, Throwable cause, FileLocation location, String message, Object... arguments) {
    this(kind, cause, location, message.formatted(arguments));
  }

  private WeightsException(Cause kind, Throwable cause, FileLocation location, String reason) {
    super(printable(location + ": " + reason), cause);
    this.kind = kind;
    this.location = location;
    this.reason = printable(reason);
  }

  /** A message may quote names out of a hostile file, which neither fill nor steer a terminal. */
  private static String printable(String text) {
    var safe = PrintableText.of(text);
    return safe.length() <= LONGEST_MESSAGE ? safe : safe.substring(0, LONGEST_MESSAGE) + "…";
  }

  /** What went wrong. */
  public Cause kind() {
    return kind;
  }

  /** What went wrong, without the location. */
  public String reason() {
    return reason;
  }

  /** Where it went wrong, as far as that is known. */
  public FileLocation location() {
    return location;
  }
}
