package org.pellucid.explain.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers packed for a page, unpacked by a plain reading of the format. */
class PackedTests {
  @ParameterizedTest
  @CsvSource({"8, false", "16, false", "8, true", "16, true"})
  void errsByLessThanItSays(int bits, boolean signed) throws Exception {
    var random = new Random(1);
    var values = new float[1000];
    for (var i = 0; i < values.length; i++) {
      values[i] = (float) Math.pow(random.nextDouble(), 4) * (signed && i % 3 == 0 ? -2.5f : 1);
    }
    values[0] = 1;
    values[1] = 0;
    var packed = signed ? Packed.signed(bits, values) : Packed.probabilities(bits, values);
    var unpacked = unpacked(packed);
    for (var i = 0; i < values.length; i++) {
      // A float's own rounding comes to what the levels err by.
      assertThat(unpacked[i])
          .isCloseTo(values[i], within(packed.error(Math.abs(values[i])) * (1 + 1e-6) + 1e-7));
    }
    assertThat(unpacked[1]).isZero();
  }

  @ParameterizedTest
  @CsvSource({"8", "16"})
  void keepsNumbersThatAreAllZeroAndClipsProbabilities(int bits) throws Exception {
    assertThat(unpacked(Packed.signed(bits, new float[3]))).containsExactly(0, 0, 0);
    assertThat(unpacked(Packed.probabilities(bits, new float[] {1.0000001f, -0.1f})))
        .containsExactly(1, 0);
  }

  static double[] unpacked(Packed packed) throws DataFormatException {
    var bytes = new byte[packed.count() * packed.bits() / 8];
    try (var inflater = new Inflater()) {
      inflater.setInput(packed.bytes());
      assertThat(inflater.inflate(bytes)).isEqualTo(bytes.length);
      assertThat(inflater.getRemaining()).isZero();
    }
    var highest = Math.pow(2, packed.bits() - (packed.signed() ? 1 : 0)) - 1;
    var result = new double[packed.count()];
    for (var i = 0; i < result.length; i++) {
      int level =
          packed.bits() == 8 ? bytes[i] : (short) (bytes[i] << 8 | bytes[result.length + i] & 0xff);
      if (!packed.signed() && level < 0) {
        level += 1 << packed.bits();
      }
      var share = level / highest;
      result[i] = packed.largest() * (packed.bits() == 8 ? share * Math.abs(share) : share);
    }
    return result;
  }
}
