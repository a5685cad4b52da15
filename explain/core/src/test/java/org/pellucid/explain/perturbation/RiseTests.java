package org.pellucid.explain.perturbation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;

class RiseTests {
  private static final int HEIGHT = 12;
  private static final int WIDTH = 17;
  private static final int PIXELS = HEIGHT * WIDTH;

  private static Values image() {
    var numbers = new float[3 * PIXELS];
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = (i * 29 % 64 + 1) / 64f;
    }
    return Values.of(numbers, 3, HEIGHT, WIDTH);
  }

  @ParameterizedTest
  @CsvSource({"7, 0.5", "4, 0.2", "1, 0.7", "30, 0.5"})
  void masksAreSoftAndShowTheirShare(int grid, double probability) {
    var masks =
        new RiseMasks(new Rise(2000, grid, probability, false, HideColour.BLACK), HEIGHT, WIDTH, 5);
    var sum = 0.0;
    var soft = 0;
    for (var number = 0; number < 2000; number++) {
      for (var value : masks.of(number)) {
        assertThat(value).isBetween(0f, 1f);
        sum += value;
        soft += value > 0 && value < 1 ? 1 : 0;
      }
      assertThat(masks.of(number)).isEqualTo(masks.of(number));
    }
    assertThat(sum / (2000.0 * PIXELS)).isEqualTo(probability, within(0.03));
    assertThat(soft > 0).isEqualTo(grid > 1);
  }

  /** Neighbouring places of a mask differ by no more than a cell's share of its side. */
  @Test
  void masksHaveNoSteps() {
    var masks = new RiseMasks(new Rise(20, 3, 0.5, false, HideColour.BLACK), 30, 30, 1);
    for (var number = 0; number < 20; number++) {
      var mask = masks.of(number);
      for (var i = 0; i < mask.length; i++) {
        if (i % 30 > 0) {
          assertThat(Math.abs(mask[i] - mask[i - 1])).isLessThan(0.11f);
        }
        if (i >= 30) {
          assertThat(Math.abs(mask[i] - mask[i - 30])).isLessThan(0.11f);
        }
      }
    }
  }

  /** The definition, mask by mask. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void averagesMasksByTheirScores(boolean centred) {
    var method = new Rise(60, 5, 0.3, centred, HideColour.WHITE);
    var evaluator = FunctionModel.evaluator(3, HEIGHT, WIDTH, 2, FunctionModel::curved);
    var image = image();
    var target = Target.output(1);
    var found = method.explain(evaluator, image, target, RunOptions.standard().withSeed(8));
    var masks = new RiseMasks(method, HEIGHT, WIDTH, 8);
    var scores = new double[60];
    var mean = 0.0;
    for (var number = 0; number < 60; number++) {
      var mask = masks.of(number);
      var shown = image.toArray();
      for (var i = 0; i < shown.length; i++) {
        shown[i] = mask[i % PIXELS] * shown[i] + (1 - mask[i % PIXELS]);
      }
      scores[number] = evaluator.score(target, Values.of(shown, 3, HEIGHT, WIDTH));
      mean += scores[number] / 60;
    }
    for (var pixel = 0; pixel < PIXELS; pixel++) {
      var expected = 0.0;
      for (var number = 0; number < 60; number++) {
        expected += (scores[number] - (centred ? mean : 0)) * masks.of(number)[pixel];
      }
      assertThat((double) found.values().get(pixel)).isEqualTo(expected / (60 * 0.3), within(1e-4));
    }
    assertThat(found.quality("meanScore").orElseThrow()).isEqualTo(mean, within(1e-4));
  }

  private static Evaluator corner() {
    return FunctionModel.evaluator(
        3,
        HEIGHT,
        WIDTH,
        1,
        samples -> {
          var sum = 0.0;
          for (var row = 0; row < 4; row++) {
            for (var column = 0; column < 5; column++) {
              sum += samples[row * WIDTH + column];
            }
          }
          return new double[] {sum};
        });
  }

  @Test
  void findsTheOnlyPlaceThatCountsAndKnowsWhenMasksWereEnough() {
    var options = RunOptions.standard().withSeed(2);
    var target = Target.output(0);
    var many =
        new Rise(3000, 4, 0.5, true, HideColour.BLACK).explain(corner(), image(), target, options);
    var few =
        new Rise(20, 4, 0.5, true, HideColour.BLACK).explain(corner(), image(), target, options);
    var best = many.values().indexOfLargest();
    assertThat(best / WIDTH).isLessThan(5);
    assertThat(best % WIDTH).isLessThan(6);
    var far = many.values().get(PIXELS - 1);
    assertThat(Math.abs(far)).isLessThan(0.2f * many.values().max());
    assertThat(many.quality("splitHalf").orElseThrow()).isGreaterThan(0.9);
    assertThat(few.quality("splitHalf").orElseThrow())
        .isLessThan(many.quality("splitHalf").orElseThrow());
  }

  @Test
  void aScoreThatNeverChangesGivesTheMasksMean() {
    var constant = FunctionModel.evaluator(3, HEIGHT, WIDTH, 1, _ -> new double[] {3});
    var method = new Rise(1000, 4, 0.5, false, HideColour.BLACK);
    var map = method.explain(constant, image(), Target.output(0), RunOptions.standard()).values();
    for (var value : map.toArray()) {
      assertThat((double) value).isEqualTo(3, within(0.5));
    }
    var centred = new Rise(1000, 4, 0.5, true, HideColour.BLACK);
    var flat = centred.explain(constant, image(), Target.output(0), RunOptions.standard()).values();
    for (var value : flat.toArray()) {
      assertThat((double) value).isEqualTo(0, within(1e-12));
    }
  }

  @Test
  void refusesImpossibleParameters() {
    assertThatThrownBy(() -> new Rise(0, 7, 0.5, false, HideColour.BLACK))
        .hasMessageContaining("mask");
    assertThatThrownBy(() -> new Rise(9, 0, 0.5, false, HideColour.BLACK))
        .hasMessageContaining("cell");
    assertThatThrownBy(() -> new Rise(9, 7, 1, false, HideColour.BLACK))
        .hasMessageContaining("probability");
    assertThatThrownBy(() -> new Rise(9, 7, 0.5, false, HideColour.SUPERPIXEL))
        .hasMessageContaining("mean");
  }
}
