package org.pellucid.weights.attacks;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles of protocol 2 opcode by opcode, honest and hostile ones. */
final class Pickles {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Pickles() {
    raw(0x80, 2);
  }

  Pickles raw(int... values) {
    for (var value : values) {
      bytes.write(value);
    }
    return this;
  }

  Pickles text(String text) {
    var encoded = text.getBytes(StandardCharsets.UTF_8);
    bytes.write('X');
    bytes.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(encoded.length).array());
    bytes.writeBytes(encoded);
    return this;
  }

  Pickles integer(int value) {
    bytes.write('J');
    bytes.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }

  /** The bytes of a long number as they stand in an argument. */
  Pickles int64(long value) {
    bytes.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  Pickles global(String module, String name) {
    bytes.write('c');
    bytes.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  /** {@code _rebuild_tensor_v2(storage, offset, (size,), (stride,), False, {})}. */
  Pickles tensor(String key, int elements, int offset, int size, int stride) {
    return global("torch._utils", "_rebuild_tensor_v2")
        .arguments(key, elements, offset, size, stride)
        .raw('R');
  }

  /** {@code (storage, offset, (size,), (stride,), False, {})}. */
  Pickles arguments(String key, int elements, int offset, int size, int stride) {
    return raw('(', '(')
        .text("storage")
        .global("torch", "FloatStorage")
        .text(key)
        .text("cpu")
        .integer(elements)
        .raw('t', 'Q')
        .integer(offset)
        .integer(size)
        .raw(0x85)
        .integer(stride)
        .raw(0x85, 0x89, '}', 't');
  }

  byte[] end() {
    bytes.write('.');
    return bytes.toByteArray();
  }
}
