package org.pellucid.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/** The types of numbers in weight files, under the names that safetensors gives them. */
public enum DType {
  /** IEEE 754 double precision. */
  F64(8),
  /** IEEE 754 single precision. */
  F32(4),
  /** IEEE 754 half precision. */
  F16(2),
  /** The upper half of a single-precision number. */
  BF16(2),
  /** 64-bit signed integer. */
  I64(8),
  /** 32-bit signed integer. */
  I32(4),
  /** 16-bit signed integer. */
  I16(2),
  /** 8-bit signed integer. */
  I8(1),
  /** 64-bit unsigned integer. */
  U64(8),
  /** 32-bit unsigned integer. */
  U32(4),
  /** 16-bit unsigned integer. */
  U16(2),
  /** 8-bit unsigned integer. */
  U8(1),
  /** One byte, 0 or 1. */
  BOOL(1),
  /** A kind that isn't read, such as float8 or quantised; {@link UnreadableTensor} says which. */
  OTHER(0);

  // Constants, since the JIT compiler makes an access one instruction only if its layout is one.
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one number; 0 for those that aren't read. */
  public int bytes() {
    return bytes;
  }

  /** Whether the numbers have fractions. */
  public boolean isFloatingPoint() {
    return ordinal() <= BF16.ordinal();
  }

  /** The type of that name, if it is one that is read. */
  public static Optional<DType> named(String name) {
    return Arrays.stream(values())
        .filter(type -> type != OTHER && type.name().equals(name))
        .findFirst();
  }

  /** Reads the little-endian number at a byte offset; integers beyond 2⁵³ are rounded. */
  public double read(MemorySegment data, long offset) {
    return switch (this) {
      case F64 -> data.get(DOUBLE, offset);
      case F32 -> data.get(FLOAT, offset);
      case F16 -> Float.float16ToFloat(shortAt(data, offset));
      case BF16 -> Float.intBitsToFloat(shortAt(data, offset) << 16);
      case I64 -> data.get(LONG, offset);
      case I32 -> data.get(INT, offset);
      case I16 -> shortAt(data, offset);
      case I8 -> data.get(ValueLayout.JAVA_BYTE, offset);
      case U64 -> unsigned(data.get(LONG, offset));
      case U32 -> data.get(INT, offset) & 0xffff_ffffL;
      case U16 -> shortAt(data, offset) & 0xffff;
      case U8, BOOL -> data.get(ValueLayout.JAVA_BYTE, offset) & 0xff;
      case OTHER -> throw unread();
    };
  }

  /** Half of the number with its last bit kept sticky is exact enough to be rounded once. */
  private static double unsigned(long bits) {
    return bits >= 0 ? bits : (double) (bits >>> 1 | bits & 1) * 2;
  }

  private static short shortAt(MemorySegment data, long offset) {
    return data.get(SHORT, offset);
  }

  /**
   * Writes numbers in little-endian order, one after another from a byte offset on, rounded to the
   * nearest with ties to even.
   */
  public void write(MemorySegment data, long offset, double[] values) {
    for (var i = 0; i < values.length; i++) {
      write(data, offset + (long) i * bytes, values[i]);
    }
  }

  /** Writes a number in little-endian order, rounded to the nearest with ties to even. */
  void write(MemorySegment data, long offset, double value) {
    switch (this) {
      case F64 -> data.set(DOUBLE, offset, value);
      case F32 -> data.set(FLOAT, offset, (float) value);
      case F16 -> data.set(SHORT, offset, Float.floatToFloat16(roundedToOdd(value)));
      case BF16 -> data.set(SHORT, offset, toBfloat(roundedToOdd(value)));
      case I64 -> data.set(LONG, offset, (long) value);
      case U64 ->
          data.set(
              LONG,
              offset,
              value < 0x1p63 ? (long) value : (long) (value - 0x1p63) ^ Long.MIN_VALUE);
      case I32 -> data.set(INT, offset, (int) value);
      case U32 -> data.set(INT, offset, (int) (long) value);
      case I16, U16 -> data.set(SHORT, offset, (short) (int) value);
      case I8, U8, BOOL -> data.set(ValueLayout.JAVA_BYTE, offset, (byte) (int) value);
      case OTHER -> throw unread();
    }
  }

  private static IllegalStateException unread() {
    return new IllegalStateException("Numbers of a kind that isn't read were asked for.");
  }

  /**
   * A value in single precision for rounding it once more: rounding to the nearest twice can end
   * beside the nearest, but an inexact value whose last bit is set never looks like a tie (Boldo
   * and Melquiond, "Emulation of FMA and correctly rounded sums", 2008).
   */
  private static float roundedToOdd(double value) {
    var nearest = (float) value;
    if (nearest == value || Double.isNaN(value)) {
      return nearest;
    }
    var bits = Float.floatToRawIntBits(nearest);
    var towardsZero = Math.abs(nearest) > Math.abs(value) ? bits - 1 : bits;
    return Float.intBitsToFloat(towardsZero | 1);
  }

  private static short toBfloat(float value) {
    var bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }
}
