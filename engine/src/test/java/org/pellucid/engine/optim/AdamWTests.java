package org.pellucid.engine.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.engine.kernels.AdamSettings;
import org.pellucid.engine.tensor.Tensor;

@Tag("numeric")
class AdamWTests {
  private static final AdamSettings SETTINGS = new AdamSettings(0.1, 0.9, 0.999, 1e-8, 0.05);
  private static final double[] RATES = {0.1, 0.05, 0.2};

  private final Engine engine = Engine.portable();

  /** The gradient of the sum of cubes. */
  private static Tensor slope(Tensor x) {
    return Tensor.of(Arrays.stream(x.toDoubles()).map(v -> 3 * v * v).toArray(), x.shape());
  }

  private void step(AdamW adam, Tensor x, double rate) {
    try (var gradient = slope(x)) {
      adam.step(List.of(gradient), rate);
    }
  }

  /** Values of PyTorch 1.13.1 in double precision. */
  @Test
  void stepsAsPyTorchDoes() {
    var expected =
        new double[][] {
          {2.885000000037037, -0.10066277408637872, 0.3975000013333333, -2.0899999999166665},
          {2.8279273710239257, -0.1376212455076307, 0.3483043349591464, -2.13484124305185},
          {2.6007115206004516, -0.3031654330285523, 0.15842448137922957, -2.3140971032757194}
        };
    try (var x = Tensor.of(new double[] {3, -0.001, 0.5, -2}, 4);
        var adam = new AdamW(engine, SETTINGS, List.of(new AdamW.Parameter(x, true)))) {
      for (var i = 0; i < RATES.length; i++) {
        step(adam, x, RATES[i]);
        assertThat(x.toDoubles()).containsExactly(expected[i], within(1e-14));
      }
      assertThat(adam.steps()).isEqualTo(3);
    }
  }

  @Test
  void isAdamWhereNothingDecays() {
    var plain = new AdamSettings(0.1, 0.9, 0.999, 1e-8, 0);
    try (var x = Tensor.of(new double[] {3, -2}, 2);
        var y = Tensor.of(new double[] {3, -2}, 2);
        var first = new AdamW(engine, SETTINGS, List.of(new AdamW.Parameter(x, false)));
        var second = new AdamW(engine, plain, List.of(new AdamW.Parameter(y, true)))) {
      for (var rate : RATES) {
        step(first, x, rate);
        step(second, y, rate);
      }
      assertThat(x.toDoubles()).isEqualTo(y.toDoubles());
      assertThat(x.toDoubles()[0]).isLessThan(2.9);
    }
  }

  @Test
  void goesOnFromItsMoments() {
    try (var x = Tensor.of(new double[] {3, -2}, 2);
        var y = Tensor.of(new double[] {3, -2}, 2);
        var whole = new AdamW(engine, SETTINGS, List.of(new AdamW.Parameter(x, true)));
        var first = new AdamW(engine, SETTINGS, List.of(new AdamW.Parameter(y, true)));
        var second = new AdamW(engine, SETTINGS, List.of(new AdamW.Parameter(y, true)))) {
      for (var rate : RATES) {
        step(whole, x, rate);
      }
      step(first, y, RATES[0]);
      second.firstMoments().getFirst().set(first.firstMoments().getFirst().toDoubles());
      second.secondMoments().getFirst().set(first.secondMoments().getFirst().toDoubles());
      second.resumeAfter(first.steps());
      step(second, y, RATES[1]);
      step(second, y, RATES[2]);
      assertThat(y.toDoubles()).isEqualTo(x.toDoubles());
    }
  }

  @Test
  void refusesNonsense() {
    assertThatThrownBy(() -> new AdamW(engine, SETTINGS, List.of()))
        .hasMessage("AdamW needs a parameter to change.");
    try (var x = Tensor.of(new double[] {1}, 1);
        var two = Tensor.of(new double[] {1, 2}, 2);
        var adam = new AdamW(engine, SETTINGS, List.of(new AdamW.Parameter(x, true)))) {
      assertThatThrownBy(() -> adam.step(List.of(), 0.1)).hasMessageContaining("0 gradients");
      assertThatThrownBy(() -> adam.step(List.of(two), 0.1)).hasMessageContaining("shape");
      assertThatThrownBy(() -> adam.step(List.of(x), -1)).hasMessageContaining("negative");
      assertThatThrownBy(() -> adam.resumeAfter(-1)).hasMessageContaining("-1 steps");
      assertThat(adam.steps()).isZero();
    }
  }

  @Test
  void clipsToANorm() {
    try (var a = Tensor.of(new double[] {3, -4}, 2);
        var b = Tensor.of(new double[] {12}, 1, 1)) {
      var gradients = List.of(a, b);
      assertThat(GradientNorm.of(engine, gradients)).isCloseTo(13, within(1e-14));
      assertThat(GradientNorm.clip(engine, gradients, 100)).isCloseTo(13, within(1e-14));
      assertThat(a.toDoubles()).containsExactly(3, -4);
      assertThat(GradientNorm.clip(engine, gradients, 2)).isCloseTo(13, within(1e-14));
      // PyTorch 1.13.1 in double precision.
      assertThat(a.toDoubles())
          .containsExactly(new double[] {0.46153842603550577, -0.615384568047341}, within(1e-14));
      assertThat(b.item()).isCloseTo(1.846153704142023, within(1e-14));
      assertThatThrownBy(() -> GradientNorm.clip(engine, gradients, 0))
          .hasMessageContaining("give one above 0");
    }
    assertThat(engine.memory().usedBytes()).isZero();
  }

  @Test
  void leavesGradientsThatAreNotFinite() {
    try (var a = Tensor.of(new double[] {3, Double.NaN}, 2)) {
      assertThat(GradientNorm.clip(engine, List.of(a), 1)).isNaN();
      assertThat(a.toDoubles()[0]).isEqualTo(3);
    }
  }
}
