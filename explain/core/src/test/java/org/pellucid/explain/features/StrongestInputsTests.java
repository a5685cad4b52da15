package org.pellucid.explain.features;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.pellucid.engine.Engine;
import org.pellucid.engine.tensor.ElementType;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.features.StrongestInputs.Found;

class StrongestInputsTests {
  private final Evaluator evaluator =
      new Evaluator(Engine.standard(), new MixingModel(2, 4, ElementType.FLOAT64));

  /** An image whose only colour is green at one pixel: channel 1 has its value there. */
  private static Values green(int row, int column, double value) {
    var pixels = new double[3 * 8];
    pixels[8 + row * 4 + column] = value;
    return Values.of(pixels, 3, 2, 4);
  }

  @Test
  void keepsTheStrongestWithTheirPlaces() {
    var strongest = new StrongestInputs(evaluator, "mix", 2);
    strongest.offer("weak", green(0, 0, 0.25));
    strongest.offer("strong", green(1, 2, 1));
    strongest.offer("middle", green(0, 3, 0.5));
    strongest.offer("equal", green(1, 1, 0.5));
    assertThat(strongest.of(1))
        .containsExactly(
            new Found("strong", 1, 0.75, 0.625), new Found("middle", 0.5f, 0.25, 0.875));
    assertThat(strongest.of(4)).isEmpty();
  }

  @Test
  void takesLayersWithoutPlaces() {
    var strongest = new StrongestInputs(evaluator, "outputs", 1);
    strongest.offer("only", green(0, 0, 1));
    assertThat(strongest.of(1).getFirst().value())
        .isEqualTo(evaluator.outputs(green(0, 0, 1)).get(1));
    assertThat(strongest.of(1).getFirst().down()).isEqualTo(0.5);
  }
}
