package org.pellucid.explain.view;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Arrays;
import java.util.zip.Deflater;

/**
 * Many numbers of a page in few bytes: whole numbers of 8 or 16 bits, compressed.
 *
 * <p>A level {@code l} of 16 bits stands for {@code largest · l / m}, one of 8 bits for {@code
 * largest · (l / m)²} with the sign of {@code l}, which is more exact for small numbers; {@code m}
 * is the highest level. Bytes of 16 bits stand apart, all high ones before all low ones, and are
 * compressed better so.
 *
 * @param bits 8 or 16
 * @param signed whether levels are signed
 * @param largest what the highest level stands for
 * @param count the numbers
 * @param bytes their levels in the zlib format (RFC 1950)
 */
public record Packed(int bits, boolean signed, float largest, int count, byte[] bytes) {
  private static final int SPEED = 6;

  /** Probabilities in 0..1; what lies outside is clipped. */
  static Packed probabilities(int bits, float[] values) {
    return of(bits, false, 1, values);
  }

  /** Numbers of any sign, on the scale of the largest of them. */
  static Packed signed(int bits, float[] values) {
    var largest = 0f;
    for (var value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return of(bits, true, largest, values);
  }

  private static Packed of(int bits, boolean signed, float largest, float[] values) {
    var highest = (1 << (signed ? bits - 1 : bits)) - 1;
    var bytes = new byte[Math.multiplyExact(values.length, bits / 8)];
    for (var i = 0; i < values.length; i++) {
      var share = largest == 0 ? 0 : Math.clamp(values[i] / largest, signed ? -1f : 0f, 1f);
      var curved = bits == 8 ? Math.copySign(Math.sqrt(Math.abs(share)), share) : share;
      var level = Math.round(curved * highest);
      if (bits == 8) {
        bytes[i] = (byte) level;
      } else {
        bytes[i] = (byte) (level >> 8);
        bytes[values.length + i] = (byte) level;
      }
    }
    return new Packed(bits, signed, largest, values.length, deflated(bytes));
  }

  /** The largest error of a number of a certain size. */
  @JsonIgnore
  double error(double value) {
    double highest = (1 << (signed ? bits - 1 : bits)) - 1;
    var half = 0.5 / highest;
    return bits == 16 ? largest * half : largest * (2 * Math.sqrt(value / largest) + half) * half;
  }

  private static byte[] deflated(byte[] bytes) {
    try (var deflater = new Deflater(SPEED)) {
      deflater.setInput(bytes);
      deflater.finish();
      var buffer = new byte[bytes.length + bytes.length / 1000 + 64];
      var length = 0;
      while (!deflater.finished()) {
        length += deflater.deflate(buffer, length, buffer.length - length);
      }
      return Arrays.copyOf(buffer, length);
    }
  }
}
