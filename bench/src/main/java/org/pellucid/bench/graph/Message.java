package org.pellucid.bench.graph;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A protobuf message to be written (protobuf.dev, "Encoding"). Long lists of numbers are asked for
 * when they are written, so that no file is ever whole in memory.
 */
final class Message {
  private static final int VARINT = 0;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private interface Part {
    void writeTo(OutputStream out) throws IOException;
  }

  private final List<Part> parts = new ArrayList<>();
  private long length;

  Message number(int field, long value) {
    return bytes(joined(varint((long) field << 3 | VARINT), varint(value)));
  }

  Message fraction(int field, float value) {
    return bytes(joined(varint((long) field << 3 | FIXED32), littleEndian(new float[] {value})));
  }

  Message text(int field, String text) {
    var encoded = text.getBytes(StandardCharsets.UTF_8);
    return head(field, encoded.length).bytes(encoded);
  }

  Message message(int field, Message message) {
    head(field, message.length);
    parts.addAll(message.parts);
    length += message.length;
    return this;
  }

  /** Single-precision numbers as they are in memory, little-endian. */
  Message floats(int field, int count, Supplier<float[]> values) {
    head(field, 4L * count);
    parts.add(out -> out.write(littleEndian(values.get())));
    length += 4L * count;
    return this;
  }

  /** Whole numbers of 64 bits as they are in memory, little-endian. */
  Message wholes(int field, long... values) {
    var buffer = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asLongBuffer().put(values);
    return head(field, buffer.capacity()).bytes(buffer.array());
  }

  void writeTo(OutputStream out) throws IOException {
    for (var part : parts) {
      part.writeTo(out);
    }
  }

  private Message head(int field, long bytes) {
    return bytes(joined(varint((long) field << 3 | BYTES), varint(bytes)));
  }

  private Message bytes(byte[] bytes) {
    parts.add(out -> out.write(bytes));
    length += bytes.length;
    return this;
  }

  private static byte[] varint(long value) {
    var out = new ByteArrayOutputStream();
    var rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return out.toByteArray();
  }

  private static byte[] joined(byte[] first, byte[] second) {
    var out = new ByteArrayOutputStream();
    out.writeBytes(first);
    out.writeBytes(second);
    return out.toByteArray();
  }

  private static byte[] littleEndian(float[] values) {
    var buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asFloatBuffer().put(values);
    return buffer.array();
  }
}
