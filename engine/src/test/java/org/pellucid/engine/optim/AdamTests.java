package org.pellucid.engine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.engine.autograd.Tape;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.ops.Multiply;
import org.pellucid.engine.tensor.Tensor;

@Tag("numeric")
class AdamTests {
  private final Engine engine = Engine.portable();

  private void minimiseSquare(Tensor x, AdamSettings settings, int steps) {
    try (var adam = new Adam(engine, settings, List.of(x))) {
      for (var i = 0; i < steps; i++) {
        try (var tape = new Tape(engine)) {
          tape.watch(x);
          adam.step(tape.gradient(Multiply.apply(tape, x, x), x));
        }
      }
    }
  }

  @Test
  void movesEveryElementByTheLearningRateFirst() {
    try (var x = Tensor.of(new double[] {3, -0.001, 0}, 3)) {
      minimiseSquare(x, AdamSettings.of(0.1), 1);
      assertThat(x.toDoubles()[0]).isCloseTo(2.9, within(1e-6));
      assertThat(x.toDoubles()[1]).isCloseTo(0.099, within(1e-5));
      assertThat(x.toDoubles()[2]).isZero();
    }
  }

  /**
   * Against the algorithm written down as in the paper, with weight decay added to the gradient.
   */
  @Test
  void followsThePaperForManySteps() {
    var settings = new AdamSettings(0.05, 0.8, 0.95, 1e-6, 0.01);
    var expected = 1.7;
    var m = 0.0;
    var v = 0.0;
    for (var t = 1; t <= 25; t++) {
      var g = 2 * expected + 0.01 * expected;
      m = 0.8 * m + 0.2 * g;
      v = 0.95 * v + 0.05 * g * g;
      var unbiasedM = m / (1 - Math.pow(0.8, t));
      var unbiasedV = v / (1 - Math.pow(0.95, t));
      expected -= 0.05 * unbiasedM / (Math.sqrt(unbiasedV) + 1e-6);
    }
    try (var x = Tensor.of(new double[] {1.7}, 1)) {
      minimiseSquare(x, settings, 25);
      assertThat(x.item()).isCloseTo(expected, within(1e-12));
    }
  }

  @Test
  void refusesNonsense() {
    assertThatThrownBy(() -> AdamSettings.of(-1)).hasMessageContaining("negative");
    assertThatThrownBy(() -> new Adam(engine, AdamSettings.of(1), List.of()))
        .hasMessageContaining("needs a parameter");
  }
}
