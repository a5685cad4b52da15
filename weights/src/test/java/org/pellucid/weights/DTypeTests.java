package org.pellucid.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

/** Half precision and bfloat16 over all their numbers, and how every number between is rounded. */
class DTypeTests {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment data = MemorySegment.ofArray(new byte[8]);

  private short written(DType dtype, double value) {
    dtype.write(data, 0, value);
    return data.get(SHORT, 0);
  }

  private double read(DType dtype, int bits) {
    data.set(SHORT, 0, (short) bits);
    return dtype.read(data, 0);
  }

  @Test
  void readsAndWritesEveryHalf() {
    for (var bits = 0; bits < 1 << 16; bits++) {
      var value = read(DType.F16, bits);
      assertThat(Float.floatToRawIntBits((float) value))
          .isEqualTo(Float.floatToRawIntBits(Float.float16ToFloat((short) bits)));
      if (Double.isNaN(value)) {
        // A signalling NaN becomes a quiet one with the same payload.
        assertThat(written(DType.F16, value)).isEqualTo((short) (bits | 0x200));
      } else {
        assertThat(written(DType.F16, value)).isEqualTo((short) bits);
      }
    }
  }

  @Test
  void readsAndWritesEveryBfloat() {
    for (var bits = 0; bits < 1 << 16; bits++) {
      var value = read(DType.BF16, bits);
      if (Double.isNaN(value)) {
        assertThat(written(DType.BF16, value)).isEqualTo((short) (bits | 0x40));
      } else {
        assertThat(Float.floatToRawIntBits((float) value)).isEqualTo(bits << 16);
        assertThat(written(DType.BF16, value)).isEqualTo((short) bits);
      }
    }
  }

  /** Every midpoint goes to the even neighbour, and what lies just beside it to the nearer one. */
  private void checkMidpoints(DType dtype, int infinity, double limit) {
    for (var bits = 0; bits < infinity; bits++) {
      var low = read(dtype, bits);
      var high = bits + 1 == infinity ? limit : read(dtype, bits + 1);
      // Exact, since a double has the digits of both.
      var middle = (low + high) / 2;
      for (var sign : new int[] {0, 0x8000}) {
        var factor = sign == 0 ? 1 : -1;
        var below = (short) (bits | sign);
        var above = (short) (bits + 1 | sign);
        assertThat(written(dtype, factor * middle)).isEqualTo(bits % 2 == 0 ? below : above);
        assertThat(written(dtype, factor * Math.nextDown(middle))).isEqualTo(below);
        assertThat(written(dtype, factor * Math.nextUp(middle))).isEqualTo(above);
      }
    }
  }

  @Test
  void roundsAtEveryMidpointOfHalves() {
    checkMidpoints(DType.F16, 0x7c00, 0x1p16);
  }

  @Test
  void roundsAtEveryMidpointOfBfloats() {
    checkMidpoints(DType.BF16, 0x7f80, 0x1p128);
  }

  @Test
  void roundsSinglePrecisionToHalvesAsJavaDoes() {
    // A step of a prime reaches all exponents and every kind of remainder.
    for (var bits = 0L; bits < 1L << 32; bits += 4099) {
      var value = Float.intBitsToFloat((int) bits);
      var half = written(DType.F16, value);
      if (Float.isNaN(value)) {
        assertThat(Float.isNaN(Float.float16ToFloat(half))).isTrue();
      } else if (half != Float.floatToFloat16(value)) {
        assertThat(half).as("%s", value).isEqualTo(Float.floatToFloat16(value));
      }
    }
  }
}
