package org.pellucid.explain.view;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;

/**
 * Writes numbers as base64 of little-endian half-precision floats, each divided by the largest
 * finite magnitude.
 *
 * <p>The relative error is at most 2⁻¹¹ from 6.2e-5 of the largest on, and the absolute error below
 * that at most 3e-8 of the largest.
 */
final class HalfFloats extends JsonSerializer<float[]> {
  @Override
  public void serialize(float[] values, JsonGenerator json, SerializerProvider provider)
      throws IOException {
    var largest = Normalisation.reach(values, 100);
    var bytes = new byte[Math.multiplyExact(values.length, 2)];
    for (var i = 0; i < values.length; i++) {
      var half = Float.floatToFloat16(largest > 0 ? (float) (values[i] / largest) : values[i]);
      bytes[2 * i] = (byte) half;
      bytes[2 * i + 1] = (byte) (half >> 8);
    }
    json.writeBinary(bytes);
  }
}
