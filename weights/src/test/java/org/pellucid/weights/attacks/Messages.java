package org.pellucid.weights.attacks;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes protobuf messages field by field, honest and hostile ones. */
final class Messages {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Messages number(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  Messages text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  Messages message(int field, Messages value) {
    return bytes(field, value.end());
  }

  Messages bytes(int field, byte[] value) {
    return announce(field, value.length).raw(value);
  }

  /** Begins a field of bytes that says it has {@code length}. */
  Messages announce(int field, long length) {
    varint((long) field << 3 | 2);
    varint(length);
    return this;
  }

  Messages raw(byte... value) {
    bytes.writeBytes(value);
    return this;
  }

  /** A list of numbers as protobuf packs it. */
  static byte[] packed(long... values) {
    var list = new Messages();
    for (var value : values) {
      list.varint(value);
    }
    return list.end();
  }

  private void varint(long value) {
    var rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }

  byte[] end() {
    return bytes.toByteArray();
  }
}
