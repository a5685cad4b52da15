package org.pellucid.weights.pytorch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;
import org.pellucid.weights.pytorch.PickleValue.Bytes;
import org.pellucid.weights.pytorch.PickleValue.Large;

/** The bytes of a pickle, read from the first on in the forms that opcodes' arguments have. */
final class PickleInput {
  private static final int MAXIMAL_TEXT = 1 << 20;

  private final FileLocation begin;
  private final MemorySegment data;
  private long position;

  /**
   * The pickle at the beginning of {@code data}.
   *
   * @param begin where {@code data} begin in the file
   */
  PickleInput(FileLocation begin, MemorySegment data) {
    this.begin = begin;
    this.data = data;
  }

  /** How many bytes were read. */
  long position() {
    return position;
  }

  /** How many bytes are left. */
  long remaining() {
    return data.byteSize() - position;
  }

  /** One byte. */
  int next() {
    if (position >= data.byteSize()) {
      throw new WeightsException(
          Cause.TRUNCATED,
          location(),
          "the pickle ends before it is complete; download the file again");
    }
    return data.get(ValueLayout.JAVA_BYTE, position++) & 0xff;
  }

  private void skip(int count) {
    for (var i = 0; i < count; i++) {
      next();
    }
  }

  int int32() {
    return next() | next() << 8 | next() << 16 | next() << 24;
  }

  long int64() {
    return uint32() | uint32() << 32;
  }

  long uint32() {
    return int32() & 0xffff_ffffL;
  }

  /** A whole number of that many bytes in little-endian order, of any size. */
  Object longOf(int length) {
    var bytes = new byte[length];
    for (var i = length - 1; i >= 0; i--) {
      bytes[i] = (byte) next();
    }
    var value = length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  double doubleBigEndian() {
    skip(8);
    return data.get(
        ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), position - 8);
  }

  /** A text in UTF-8, or what stands for one that is too long to be a name. */
  Object text(long length) {
    return length > MAXIMAL_TEXT
        ? large(length)
        : new String(take(length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /** Bytes, or what stands for many. */
  PickleValue bytes(long length) {
    return length < 0 || length > MAXIMAL_TEXT
        ? large(length)
        : new Bytes(
            new String(take(length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1));
  }

  private PickleValue large(long length) {
    take(length);
    return new Large(length);
  }

  private MemorySegment take(long length) {
    if (length < 0 || length > remaining()) {
      throw new WeightsException(
          Cause.TRUNCATED,
          location(),
          "a string of %s bytes reaches beyond the pickle's end; download the file again",
          Long.toUnsignedString(length));
    }
    position += length;
    return data.asSlice(position - length, length);
  }

  /** The text before the next line feed. */
  String line() {
    var text = new StringBuilder();
    for (var character = next(); character != '\n'; character = next()) {
      if (text.length() > 1000) {
        throw damaged("a name has no end");
      }
      text.append((char) character);
    }
    return text.toString();
  }

  /** A line with a number, or with the {@code 00} and {@code 01} that stand for false and true. */
  Object integerLine() {
    var text = line().replaceFirst("L$", "");
    try {
      return switch (text) {
        case "00" -> false;
        case "01" -> true;
        default -> {
          var value = new BigInteger(text);
          yield value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
        }
      };
    } catch (NumberFormatException _) {
      throw damaged("a number isn't written in digits");
    }
  }

  double doubleLine() {
    try {
      return Double.parseDouble(line());
    } catch (NumberFormatException _) {
      throw damaged("a number isn't written in digits");
    }
  }

  /** A line with the number of an entry in the memo. */
  long indexLine() {
    return integerLine() instanceof Long number ? number : -1;
  }

  /** A line with text between quotation marks; escapes are kept. */
  String quotedLine() {
    var text = line();
    var last = text.length() - 1;
    if (last < 1 || text.charAt(0) != text.charAt(last) || "'\"".indexOf(text.charAt(0)) < 0) {
      throw damaged("a string has no quotation marks");
    }
    return text.substring(1, last);
  }

  /** The location of the next byte in the file. */
  FileLocation location() {
    return begin.at(begin.position().orElse(0) + position);
  }

  WeightsException damaged(String why) {
    return new WeightsException(
        Cause.INVALID_HEADER, location(), "%s in the pickle; the file is damaged", why);
  }
}
