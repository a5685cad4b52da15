package org.pellucid.explain.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MersenneTwisterTests {
  @Test
  void startsAsTheReferenceDoes() {
    var generator = new MersenneTwister(5489);
    assertThat(Integer.toUnsignedLong(generator.nextBits())).isEqualTo(3499211612L);
  }

  @Test
  void givesTheTenThousandthOutputThatTheCppStandardNames() {
    var generator = new MersenneTwister(5489);
    IntStream.range(0, 9999).forEach(_ -> generator.nextBits());
    assertThat(Integer.toUnsignedLong(generator.nextBits())).isEqualTo(4123659995L);
  }

  @Test
  void twoIsTheLowestBitOfOneOutput() {
    var bits = new MersenneTwister(16);
    var numbers = new MersenneTwister(16);
    for (int i = 0; i < 2000; i++) {
      assertThat(numbers.below(2)).isEqualTo(bits.nextBits() & 1);
    }
  }

  @Test
  void drawsAgainAboveTheBound() {
    var bits = new MersenneTwister(3);
    var numbers = new MersenneTwister(3);
    int redrawn = 0;
    for (int i = 0; i < 2000; i++) {
      int expected = bits.nextBits() & 1023;
      while (expected > 999) {
        expected = bits.nextBits() & 1023;
        redrawn++;
      }
      assertThat(numbers.below(1000)).isEqualTo(expected);
    }
    assertThat(redrawn).isPositive();
  }

  @Test
  void refusesABoundWithoutNumbers() {
    assertThatThrownBy(() -> new MersenneTwister(0).below(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least 1");
  }
}
