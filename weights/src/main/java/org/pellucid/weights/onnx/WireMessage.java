package org.pellucid.weights.onnx;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.pellucid.weights.FileLocation;
import org.pellucid.weights.WeightsException;
import org.pellucid.weights.WeightsException.Cause;

/**
 * A protobuf message in mapped memory, walked field by field (protobuf.dev, "Encoding"). Unlike the
 * protobuf library's reader it hands out slices of the mapped file with their location in it, also
 * beyond two gigabytes.
 *
 * @param location where the message begins
 */
record WireMessage(FileLocation location, MemorySegment data) {
  private static final int LONGEST_TEXT = 1 << 20;
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  /**
   * One field.
   *
   * @param value of a number; 0 where the field has bytes
   * @param bytes of a text, a message or a packed list; a number's own bytes otherwise
   */
  record Field(int number, boolean isBytes, long value, WireMessage bytes) {
    /**
     * The bytes as text.
     *
     * @throws WeightsException if the field is a number or longer than any name
     */
    String text() {
      var data = message().data();
      if (data.byteSize() > LONGEST_TEXT) {
        throw new WeightsException(
            Cause.LIMIT,
            bytes.location(),
            "a string of %d bytes is longer than the limit",
            data.byteSize());
      }
      return new String(data.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    /**
     * The bytes as a message.
     *
     * @throws WeightsException if the field is a number
     */
    WireMessage message() {
      if (!isBytes) {
        throw bytes.damaged("field " + number + " is a number");
      }
      return bytes;
    }
  }

  /**
   * Visits the fields in their order.
   *
   * @throws WeightsException if the message is truncated or holds what no message may
   */
  void forEachField(Consumer<Field> action) {
    var cursor = new Cursor();
    while (cursor.at < data.byteSize()) {
      action.accept(cursor.field());
    }
  }

  /** Visits the numbers of a packed list. */
  void forEachVarint(LongConsumer action) {
    var cursor = new Cursor();
    while (cursor.at < data.byteSize()) {
      action.accept(cursor.varint());
    }
  }

  WeightsException damaged(String why) {
    return new WeightsException(
        Cause.INVALID_HEADER, location, "%s; the file is damaged or not an ONNX model", why);
  }

  private FileLocation locationOf(long at) {
    return location.at(location.position().orElse(0) + at);
  }

  private final class Cursor {
    private long at;

    Field field() {
      var begin = at;
      var tag = varint();
      var number = (int) (tag >>> 3);
      if (tag >>> 3 != number || number < 1) {
        throw new WireMessage(locationOf(begin), data).damaged("a field has no number");
      }
      return switch ((int) tag & 7) {
        case VARINT -> {
          var from = at;
          var value = varint();
          yield new Field(number, false, value, slice(from, at - from));
        }
        case FIXED64 -> number(number, take(Long.BYTES));
        case FIXED32 -> number(number, take(Integer.BYTES));
        case BYTES -> new Field(number, true, 0, take(varint()));
        default ->
            throw new WireMessage(locationOf(begin), data).damaged("a field has an unknown type");
      };
    }

    private Field number(int number, WireMessage bytes) {
      var little = ByteOrder.LITTLE_ENDIAN;
      var value =
          bytes.data().byteSize() == Long.BYTES
              ? bytes.data().get(ValueLayout.JAVA_LONG_UNALIGNED.withOrder(little), 0)
              : bytes.data().get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(little), 0);
      return new Field(number, false, value, bytes);
    }

    private WireMessage take(long size) {
      if (size < 0 || size > data.byteSize() - at) {
        throw new WeightsException(
            Cause.TRUNCATED,
            locationOf(at),
            "a field of %d bytes reaches beyond its message's end; download the file again",
            size);
      }
      var taken = slice(at, size);
      at += size;
      return taken;
    }

    private WireMessage slice(long from, long size) {
      return new WireMessage(locationOf(from), data.asSlice(from, size));
    }

    private long varint() {
      var value = 0L;
      for (var shift = 0; shift < Long.SIZE && at < data.byteSize(); shift += 7) {
        var next = data.get(ValueLayout.JAVA_BYTE, at++);
        value |= (long) (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
      throw new WeightsException(
          Cause.TRUNCATED, locationOf(at), "a number has no end; download the file again");
    }
  }
}
