package org.pellucid.explain.view;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;

/**
 * Writes probabilities in 0..1 as base64 of 16-bit unsigned little-endian numbers; 65535 is 1.
 *
 * <p>A page of a long text holds millions of them; this takes less than three bytes for each
 * instead of up to eleven, with an error of at most 1/131070.
 */
final class UnsignedShorts extends JsonSerializer<float[]> {
  private static final int ONE = 0xffff;

  @Override
  public void serialize(float[] values, JsonGenerator json, SerializerProvider provider)
      throws IOException {
    var bytes = new byte[Math.multiplyExact(values.length, 2)];
    for (var i = 0; i < values.length; i++) {
      var level = Math.round(Math.clamp(values[i], 0f, 1f) * ONE);
      bytes[2 * i] = (byte) level;
      bytes[2 * i + 1] = (byte) (level >> 8);
    }
    json.writeBinary(bytes);
  }
}
