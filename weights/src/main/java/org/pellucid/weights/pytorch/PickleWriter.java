package org.pellucid.weights.pytorch;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes a pickle of protocol 2 with the opcodes that {@code torch.load(weights_only=True)}
 * understands.
 */
final class PickleWriter {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  PickleWriter() {
    opcodes(0x80, 2);
  }

  PickleWriter opcodes(int... values) {
    for (var value : values) {
      bytes.write(value);
    }
    return this;
  }

  PickleWriter text(String text) {
    var encoded = text.getBytes(StandardCharsets.UTF_8);
    bytes.write('X');
    bytes.writeBytes(buffer(Integer.BYTES).putInt(encoded.length).array());
    bytes.writeBytes(encoded);
    return this;
  }

  PickleWriter number(long value) {
    if (value == (int) value) {
      bytes.write('J');
      bytes.writeBytes(buffer(Integer.BYTES).putInt((int) value).array());
    } else {
      opcodes(0x8a, Long.BYTES);
      bytes.writeBytes(buffer(Long.BYTES).putLong(value).array());
    }
    return this;
  }

  PickleWriter global(String module, String name) {
    bytes.write('c');
    bytes.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    return this;
  }

  /** A tuple of numbers. */
  PickleWriter tuple(long... values) {
    opcodes('(');
    for (var value : values) {
      number(value);
    }
    return opcodes('t');
  }

  byte[] end() {
    bytes.write('.');
    return bytes.toByteArray();
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
