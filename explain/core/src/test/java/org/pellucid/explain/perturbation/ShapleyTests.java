package org.pellucid.explain.perturbation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.segmentation.Grid;

/** Shapley values against their definition, on games whose worths are drawn at random. */
class ShapleyTests {

  /** The worths of all coalitions; bit i of a coalition's number is player i. */
  private static double[] game(int players, int seed) {
    var random = new Random(seed);
    return IntStream.range(0, 1 << players).mapToDouble(_ -> random.nextGaussian()).toArray();
  }

  /** The definition, summed over all coalitions. */
  private static double[] shapley(double[] worths, int players) {
    var values = new double[players];
    for (var player = 0; player < players; player++) {
      for (var coalition = 0; coalition < worths.length; coalition++) {
        if ((coalition >> player & 1) == 0) {
          var size = Integer.bitCount(coalition);
          var weight = factorial(size) * factorial(players - size - 1) / factorial(players);
          values[player] += weight * (worths[coalition | 1 << player] - worths[coalition]);
        }
      }
    }
    return values;
  }

  private static double factorial(int n) {
    return IntStream.rangeClosed(1, n).asDoubleStream().reduce(1, (a, b) -> a * b);
  }

  /** An image of one pixel for each player, which is white where the player takes part. */
  private static Evaluator evaluator(double[] worths, int players) {
    return FunctionModel.evaluator(
        1,
        1,
        players,
        1,
        image -> {
          var coalition = 0;
          for (var player = 0; player < players; player++) {
            coalition |= image[player] > 0.5 ? 1 << player : 0;
          }
          return new double[] {worths[coalition]};
        });
  }

  private static Values white(int players) {
    var image = new float[players];
    Arrays.fill(image, 1);
    return Values.of(image, 1, 1, players);
  }

  private static Explanation explain(Method method, double[] worths, int players, long seed) {
    return method.explain(
        evaluator(worths, players),
        white(players),
        Target.output(0),
        RunOptions.standard().withSeed(seed));
  }

  private static int number(BitMatrix shown, int row) {
    return IntStream.range(0, shown.columns()).map(i -> shown.get(row, i) ? 1 << i : 0).sum();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 7, 10})
  void kernelShapWithAllCoalitionsIsExact(int players) {
    var worths = game(players, 5);
    var coalitions = ShapleyCoalitions.draw(players, 5000, true, 3);
    assertThat(coalitions.complete()).isTrue();
    assertThat(coalitions.shown().rows()).isEqualTo(1 << players);
    var rows =
        IntStream.range(0, coalitions.shown().rows())
            .map(row -> number(coalitions.shown(), row))
            .toArray();
    assertThat(Arrays.stream(rows).distinct().count()).isEqualTo(1 << players);
    var values =
        KernelShap.values(coalitions, Arrays.stream(rows).mapToDouble(i -> worths[i]).toArray());
    var expected = shapley(worths, players);
    for (var player = 0; player < players; player++) {
      assertThat(values[player]).isEqualTo(expected[player], within(1e-9));
    }
    var method = new KernelShap(5000, true, new Grid(players), HideColour.BLACK);
    var explanation = explain(method, worths, players, 0);
    for (var player = 0; player < players; player++) {
      assertThat((double) explanation.values().get(player))
          .isEqualTo(expected[player], within(1e-6));
    }
    assertThat(explanation.quality("exact")).hasValue(1);
  }

  @Test
  void kernelShapKeepsTheSumAndComesNearer() {
    var players = 10;
    var worths = game(players, 6);
    var expected = shapley(worths, players);
    var before = Double.POSITIVE_INFINITY;
    for (var samples : new int[] {60, 250, 900}) {
      var error = 0.0;
      for (var seed = 0; seed < 20; seed++) {
        var method = new KernelShap(samples, true, new Grid(players), HideColour.BLACK);
        var explanation = explain(method, worths, players, seed);
        assertThat(explanation.quality("efficiencyGap").orElseThrow()).isEqualTo(0, within(1e-12));
        assertThat(explanation.quality("exact")).hasValue(0);
        for (var player = 0; player < players; player++) {
          error += Math.pow(explanation.values().get(player) - expected[player], 2);
        }
      }
      assertThat(error).isLessThan(before / 2);
      before = error;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "12, 300, true",
    "12, 301, false",
    "150, 400, true",
    "150, 2000, false",
    "5, 29, true"
  })
  void drawsCoalitionsOnceAndWeighsThemByTheKernel(int players, int budget, boolean paired) {
    var coalitions = ShapleyCoalitions.draw(players, budget, paired, 9);
    var shown = coalitions.shown();
    assertThat(shown.rows()).isBetween(2, budget + 2);
    assertThat(shown.count(0)).isZero();
    assertThat(shown.count(1)).isEqualTo(players);
    var seen = new HashSet<List<Boolean>>();
    var weights = new double[players];
    for (var row = 2; row < shown.rows(); row++) {
      var at = row;
      seen.add(IntStream.range(0, players).mapToObj(i -> shown.get(at, i)).toList());
      weights[shown.count(row)] += coalitions.weights()[row - 2];
    }
    assertThat(seen).hasSize(shown.rows() - 2);
    assertThat(weights[0]).isZero();
    // A size's weight is the kernel's, as far as the draws of the sizes between allow.
    var all = 0.0;
    for (var size = 1; size < players; size++) {
      all += (players - 1.0) / (size * (players - size));
    }
    assertThat(Arrays.stream(weights).sum()).isEqualTo(all, within(1e-9));
    for (var size = 1; size <= players / 2; size++) {
      var kernel = (players - 1.0) / (size * (players - size));
      assertThat(weights[size] + weights[players - size]).isEqualTo(2 * kernel, within(0.2 * all));
    }
  }

  @Test
  void samplingOverAllOrdersIsExact() {
    var players = 5;
    var worths = game(players, 7);
    var expected = shapley(worths, players);
    var method = new ShapleySampling(120, false, new Grid(players), HideColour.BLACK);
    var explanation =
        method.explain(
            evaluator(worths, players),
            white(players),
            Target.output(0),
            RunOptions.standard(),
            (count, _) -> permutations(count).toArray(int[][]::new));
    for (var player = 0; player < players; player++) {
      assertThat((double) explanation.values().get(player))
          .isEqualTo(expected[player], within(1e-6));
    }
  }

  private static List<int[]> permutations(int count) {
    if (count == 0) {
      return List.of(new int[0]);
    }
    var all = new ArrayList<int[]>();
    for (var shorter : permutations(count - 1)) {
      for (var place = 0; place < count; place++) {
        var longer = new int[count];
        System.arraycopy(shorter, 0, longer, 0, place);
        longer[place] = count - 1;
        System.arraycopy(shorter, place, longer, place + 1, count - 1 - place);
        all.add(longer);
      }
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void samplingSumsExactlyAndKnowsItsError(boolean paired) {
    var players = 8;
    var worths = game(players, 8);
    var expected = shapley(worths, players);
    var method = new ShapleySampling(400, paired, new Grid(players), HideColour.BLACK);
    var explanation = explain(method, worths, players, 11);
    assertThat(explanation.quality("efficiencyGap").orElseThrow()).isEqualTo(0, within(1e-9));
    var errors = explanation.details().get("standard-errors");
    var within = 0;
    for (var player = 0; player < players; player++) {
      var distance = Math.abs(explanation.values().get(player) - expected[player]);
      assertThat(errors.get(player)).isBetween(0.005f, 0.3f);
      within += distance < 2.5 * errors.get(player) ? 1 : 0;
    }
    assertThat(within).isGreaterThanOrEqualTo(players - 1);
    assertThat(explain(method, worths, players, 12)).isNotEqualTo(explanation);
  }

  @Test
  void reversedOrdersCancelWhatOrderDoesToPairs() {
    var players = 6;
    // Worths that are quadratic in the players: a pair of orders is enough.
    var worths = new double[1 << players];
    for (var coalition = 0; coalition < worths.length; coalition++) {
      for (var i = 0; i < players; i++) {
        for (var j = 0; j <= i; j++) {
          worths[coalition] +=
              (coalition >> i & 1) * (coalition >> j & 1) * FunctionModel.slope(7 * i + j);
        }
      }
    }
    var expected = shapley(worths, players);
    var method = new ShapleySampling(2, true, new Grid(players), HideColour.BLACK);
    var found = explain(method, worths, players, 1).values();
    for (var player = 0; player < players; player++) {
      assertThat((double) found.get(player)).isEqualTo(expected[player], within(1e-5));
    }
  }

  @Test
  void refusesTooFewSamplesForTheSuperpixels() {
    var method = new KernelShap(9, true, new Grid(10), HideColour.BLACK);
    assertThatThrownBy(() -> explain(method, game(10, 1), 10, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("10 superpixels")
        .hasMessageContaining("9 samples");
  }
}
