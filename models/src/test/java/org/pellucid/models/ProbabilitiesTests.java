package org.pellucid.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ProbabilitiesTests {

  @Test
  void turnsLogitsIntoProbabilities() {
    var probabilities = Probabilities.softmax(Math.log(1), Math.log(2), Math.log(5));
    assertThat(probabilities[0]).isCloseTo(0.125, within(1e-15));
    assertThat(probabilities[1]).isCloseTo(0.25, within(1e-15));
    assertThat(probabilities[2]).isCloseTo(0.625, within(1e-15));
  }

  @Test
  void overflowsForNoLogit() {
    assertThat(Probabilities.softmax(2000, 2000, -2000)).containsExactly(0.5, 0.5, 0);
  }

  @Test
  void takesOneRowOfSeveral() {
    var logits = new float[] {9, 9, 9, 1, 2.5f, -3};
    assertThat(Probabilities.softmax(logits, 1, 3))
        .containsExactly(Probabilities.softmax(1, 2.5, -3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Probabilities.softmax(logits, 2, 3))
        .withMessage("There is no row 2 of 3 numbers among 6.");
  }

  @Test
  void findsTheFirstOfTheLargest() {
    assertThat(Probabilities.largest(1, 3, 2, 3)).isEqualTo(1);
  }
}
