package org.pellucid.explain.view;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Writes numbers as base64 of their little-endian bytes, which {@code binary.js} reads. */
final class LittleEndian {
  private LittleEndian() {}

  private static ByteBuffer buffer(int count, int size) {
    return ByteBuffer.allocate(Math.multiplyExact(count, size)).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Single-precision floats, four bytes each. */
  static final class Floats extends JsonSerializer<float[]> {
    @Override
    public void serialize(float[] values, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      var buffer = buffer(values.length, Float.BYTES);
      buffer.asFloatBuffer().put(values);
      json.writeBinary(buffer.array());
    }
  }

  /** Double-precision floats, eight bytes each. */
  static final class Doubles extends JsonSerializer<double[]> {
    @Override
    public void serialize(double[] values, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      var buffer = buffer(values.length, Double.BYTES);
      buffer.asDoubleBuffer().put(values);
      json.writeBinary(buffer.array());
    }
  }

  /** Whole numbers in 0..65535, two bytes each. */
  static final class Shorts extends JsonSerializer<int[]> {
    @Override
    public void serialize(int[] values, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      var buffer = buffer(values.length, Short.BYTES);
      for (var value : values) {
        buffer.putShort((short) value);
      }
      json.writeBinary(buffer.array());
    }
  }
}
