package org.pellucid.explain.perturbation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** LIME's fits with every selection of superpixels against scikit-learn's. */
class FeatureSelectionTests {
  private static final int SAMPLES = 90;
  private static final int COLUMNS = 9;
  private static final int CORRELATED_FROM = 100;

  static Stream<String> lines() throws IOException {
    try (var stream = FeatureSelectionTests.class.getResourceAsStream("selections.txt")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
          .lines().filter(line -> !line.startsWith("#")).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("lines")
  void fitsAsTheReferenceDoes(String line) {
    var words = line.split(" ");
    var data = new Data(Integer.parseInt(words[0]));
    var distances = new LimeSamples(data.rows).distances(constant(LimeDistance.class, words[1]));
    var fit =
        new WeightedRidge(
                data.rows,
                LimeSamples.weights(distances, Double.parseDouble(words[2])),
                constant(FeatureSelection.class, words[3]),
                Integer.parseInt(words[4]))
            .fit(data.target);
    var found =
        DoubleStream.concat(
                Arrays.stream(fit.coefficients()),
                DoubleStream.of(fit.intercept(), fit.score(), fit.prediction()))
            .toArray();
    for (var i = 0; i < found.length; i++) {
      assertThat(found[i])
          .as("number %d", i)
          .isEqualTo(Double.parseDouble(words[5 + i]), within(1e-9));
    }
  }

  private static <E extends Enum<E>> E constant(Class<E> type, String text) {
    return Enum.valueOf(type, text.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** Samples by a formula that the reference's script has too. */
  private static final class Data {
    private final BitMatrix rows = new BitMatrix(SAMPLES, COLUMNS);
    private final double[] target = new double[SAMPLES];
    private long state;

    Data(int seed) {
      state = seed;
      var bits = new boolean[SAMPLES][COLUMNS];
      for (var row : bits) {
        for (var column = 0; column < COLUMNS; column++) {
          row[column] = next() < 0.5;
        }
      }
      if (seed >= CORRELATED_FROM) {
        for (var row : bits) {
          for (var column = 1; column < COLUMNS; column++) {
            row[column] = next() < 0.6 ? row[column - 1] : row[column];
          }
        }
      }
      Arrays.fill(bits[0], true);
      for (var row = 0; row < SAMPLES; row++) {
        var x = new double[COLUMNS];
        for (var column = 0; column < COLUMNS; column++) {
          if (bits[row][column]) {
            rows.set(row, column);
            x[column] = 1;
          }
          target[row] += x[column] * ((7 * column * column + 3 * column + seed) % 11 - 5) / 4.0;
        }
        target[row] += 2 * x[1] * x[4] - 1.5 * x[2] * x[6] * x[0] + 0.6 * next();
      }
    }

    private double next() {
      state = state * 6364136223846793005L + 1442695040888963407L;
      return (state >>> 40) / 0x1p24;
    }
  }

  /** Columns that are equal, empty or sums of others, and targets that never change. */
  @Test
  void choosesAmongColumnsThatDontDiffer() {
    var rows = new BitMatrix(40, 6);
    var target = new double[40];
    for (var row = 0; row < 40; row++) {
      var first = row % 3 == 0;
      var second = row % 5 < 2;
      for (var column = 0; column < 6; column++) {
        var bit =
            switch (column) {
              case 0, 1 -> first;
              case 2 -> second;
              case 3 -> !first;
              case 4 -> true;
              default -> false;
            };
        if (bit) {
          rows.set(row, column);
        }
      }
      target[row] = (first ? 3 : 0) - (second ? 1 : 0);
    }
    var weights = IntStream.range(0, 40).mapToDouble(_ -> 1).toArray();
    for (var selection : FeatureSelection.values()) {
      for (var features = 1; features <= 6; features++) {
        var ridge = new WeightedRidge(rows, weights, selection, features);
        var fit = ridge.fit(target);
        assertThat(fit.score()).isGreaterThan(features == 1 ? 0.5 : 0.8);
        var constant = ridge.fit(new double[40]);
        assertThat(constant.coefficients()).containsOnly(0);
        assertThat(constant.score()).isEqualTo(1);
      }
    }
  }

  @Test
  void aTargetThatNeverChangesIsFittedExactly() {
    var data = new Data(3);
    var weights = LimeSamples.weights(new LimeSamples(data.rows).distances(LimeDistance.COSINE), 1);
    var target = new double[SAMPLES];
    Arrays.fill(target, 0.1);
    var fit = new WeightedRidge(data.rows, weights, FeatureSelection.AUTO, 9).fit(target);
    assertThat(fit.coefficients()).containsOnly(0);
    assertThat(fit.intercept()).isEqualTo(0.1);
    assertThat(fit.score()).isEqualTo(1);
  }
}
