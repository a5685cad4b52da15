package org.pellucid.explain.perturbation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.segmentation.Grid;
import org.pellucid.explain.segmentation.MersenneTwister;
import org.pellucid.explain.segmentation.Quickshift;
import org.pellucid.explain.segmentation.Superpixels;

/** LIME as a method: labels that share samples, figures, drawings, parameters. */
class LimeMethodTests {
  private static final int HEIGHT = 8;
  private static final int WIDTH = 12;
  private static final int SIZE = 3 * HEIGHT * WIDTH;

  private final Values image = image();
  private final Evaluator evaluator =
      FunctionModel.evaluator(
          3,
          HEIGHT,
          WIDTH,
          4,
          samples -> {
            var curved = FunctionModel.curved(samples);
            return new double[] {curved[0], curved[1], -curved[1], samples[5] * samples[40]};
          });

  private static Values image() {
    var numbers = new float[SIZE];
    for (var i = 0; i < SIZE; i++) {
      numbers[i] = i * 29 % 64 / 64f;
    }
    return Values.of(numbers, 3, HEIGHT, WIDTH);
  }

  private static Lime lime() {
    return Lime.standard()
        .with(new Grid(15))
        .with(LimeSettings.defaults().withTopLabels(0).withSamples(90));
  }

  private Explanation explain(Lime method, String target) {
    return method.explain(
        evaluator, image, Target.parse(target), RunOptions.standard().withSeed(3));
  }

  @ParameterizedTest
  @CsvSource({"output:1, output", "probability:1, probability", "loss:1, loss", "sum:1:2, output"})
  void explainsSeveralLabelsFromOneSetOfSamples(String target, String kind) {
    var several =
        explain(lime().with(lime().settings().withTopLabels(2).withLabels(List.of(3, 1))), target);
    var labels = several.details().get("labels");
    var best = several.outputs();
    assertThat(labels.get(0)).isEqualTo(best.indexOfLargest());
    assertThat(labels.length()).isBetween(3, 4);
    assertThat(several.values()).isEqualTo(explain(lime(), target).values());
    for (var i = 0; i < labels.length(); i++) {
      var alone = explain(lime(), kind + ":" + (int) labels.get(i));
      var coefficients = alone.details().get("coefficients");
      for (var column = 0; column < coefficients.length(); column++) {
        assertThat(
                several.details().get("label-coefficients").get(i * coefficients.length() + column))
            .isEqualTo(coefficients.get(column));
      }
      var fits = several.details().get("label-fits");
      var names = List.of("intercept", "score", "localPrediction");
      for (var figure = 0; figure < names.size(); figure++) {
        assertThat(fits.get(3 * i + figure))
            .isEqualTo((float) alone.quality(names.get(figure)).orElseThrow());
      }
    }
    assertThat(explain(lime(), target).details()).containsOnlyKeys("superpixels", "coefficients");
  }

  @Test
  void refusesALabelThatTheModelLacks() {
    var method = lime().with(lime().settings().withLabels(List.of(4)));
    assertThatThrownBy(() -> explain(method, "output:0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Label 4")
        .hasMessageContaining("0 to 3");
  }

  /** As in the lime library, the first number drawn is the seed of quickshift's superpixels. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void drawsInTheOrderOfTheLimeLibrary(int seed) {
    var quickshift = new Quickshift(1, 2, 0.5);
    var method = lime().with(quickshift);
    var found =
        method.explain(evaluator, image, Target.output(1), RunOptions.standard().withSeed(seed));
    var generator = new MersenneTwister(seed);
    var pieces = quickshift.segment(image.toArray(), HEIGHT, WIDTH, generator.below(1000));
    var columns = found.details().get("superpixels");
    for (var pixel = 0; pixel < HEIGHT * WIDTH; pixel++) {
      assertThat((int) columns.get(pixel)).isEqualTo(pieces.label(pixel));
    }
  }

  @Test
  void tellsHowFarSeedsAgree() {
    var steady = explain(lime().withStabilitySeeds(2).withSamples(1500), "output:1");
    var shaky = explain(lime().withStabilitySeeds(2).withSamples(20), "output:1");
    assertThat(steady.quality("stabilityRank").orElseThrow()).isBetween(0.9, 1.0);
    assertThat(shaky.quality("stabilityRank").orElseThrow())
        .isLessThan(steady.quality("stabilityRank").orElseThrow());
    assertThat(shaky.quality("stabilityTop").orElseThrow())
        .isLessThan(steady.quality("stabilityTop").orElseThrow());
    assertThat(explain(lime(), "output:1").quality("stabilityRank")).isEmpty();
    assertThat(steady.values()).isEqualTo(explain(lime().withSamples(1500), "output:1").values());
    var seen = new ArrayList<Long>();
    lime()
        .withStabilitySeeds(1)
        .explain(
            evaluator,
            image,
            Target.output(1),
            RunOptions.standard()
                .withBatchSize(45)
                .withProgress((done, total) -> seen.add(100 * done + total)));
    assertThat(seen).containsSubsequence(180L, 4680L, 9180L, 13680L, 18180L);
  }

  @Test
  void comparesRanksAndTheStrongest() {
    double[] first = {5, -4, 3, 0, 1};
    double[] second = {4, -3, 5, 1, 0};
    var same = LimeStability.of(List.of(first, first), 2);
    assertThat(same.rank()).isEqualTo(1, within(1e-15));
    assertThat(same.top()).isEqualTo(1);
    var other = LimeStability.of(List.of(first, second), 2);
    // Ranks 5 1 4 2 3 and 4 1 5 3 2: 1 - 6 * 4 / (5 * 24).
    assertThat(other.rank()).isEqualTo(0.8, within(1e-15));
    assertThat(other.top()).isEqualTo(1.0 / 3, within(1e-15));
    var ties = LimeStability.of(List.of(new double[] {0, 0, 0}, new double[] {0, 0, 0}), 2);
    assertThat(ties).isEqualTo(new LimeStability(1, 1));
    var flat = LimeStability.of(List.of(new double[] {0, 0, 0}, new double[] {1, 2, 3}), 2);
    assertThat(flat).isEqualTo(new LimeStability(0, 0));
  }

  /** The lime library's get_image_and_mask in its own words, on ordered pairs. */
  private static byte[] mask(
      double[] weights, Superpixels pieces, LimeDisplay display, float[] drawn, float[] image) {
    var order =
        IntStream.range(0, weights.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -Math.abs(weights[i])))
            .toList();
    var mask = new byte[HEIGHT * WIDTH];
    var brightest = 0f;
    for (var sample : image) {
      brightest = Math.max(brightest, sample);
    }
    Arrays.fill(drawn, 0);
    if (!display.hideRest()) {
      System.arraycopy(image, 0, drawn, 0, image.length);
    }
    var chosen = order;
    if (display.positiveOnly()) {
      chosen = order.stream().filter(i -> weights[i] > display.minWeight()).toList();
    } else if (display.negativeOnly()) {
      chosen = order.stream().filter(i -> -weights[i] > display.minWeight()).toList();
    }
    for (var piece : chosen.subList(0, Math.min(display.features(), chosen.size()))) {
      var both = !display.positiveOnly() && !display.negativeOnly();
      if (both && Math.abs(weights[piece]) < display.minWeight() || weights[piece] == 0) {
        continue;
      }
      for (var pixel = 0; pixel < mask.length; pixel++) {
        if (pieces.label(pixel) == piece) {
          mask[pixel] = (byte) (both && weights[piece] < 0 ? -1 : 1);
          for (var channel = 0; channel < 3; channel++) {
            drawn[channel * mask.length + pixel] = image[channel * mask.length + pixel];
          }
          if (both) {
            drawn[(weights[piece] < 0 ? 0 : 1) * mask.length + pixel] = brightest;
          }
        }
      }
    }
    return mask;
  }

  @ParameterizedTest
  @CsvSource({
    "false, false, false, 4, 0",
    "false, false, true, 5, 0.5",
    "true, false, false, 3, 0",
    "true, false, true, 20, 0.5",
    "false, true, true, 2, 0",
    "false, true, false, 20, 1",
    "false, false, false, 20, 0"
  })
  void showsSuperpixelsAsTheLimeLibraryDoes(
      boolean positive, boolean negative, boolean hideRest, int features, double minWeight) {
    var display = new LimeDisplay(positive, negative, hideRest, features, minWeight);
    double[] weights = {0.5, -2, 0, 1.5, -0.25, 3, -0.5, 0.75};
    var pieces = new Grid(8).segment(image.toArray(), HEIGHT, WIDTH);
    assertThat(pieces.count()).isEqualTo(8);
    var label = new LimeExplanation.Label(1, weights, 0, 0, 1);
    var explanation = new LimeExplanation(pieces, 0, new double[2], List.of(label));
    var found = LimeImage.of(image.toArray(), explanation, 1, display);
    var drawn = new float[SIZE];
    assertThat(found.mask()).isEqualTo(mask(weights, pieces, display, drawn, image.toArray()));
    assertThat(found.samples()).isEqualTo(drawn);
  }

  @Test
  void drawsByItsOwnParametersWhenReadAgain(@TempDir Path folder) {
    var both = explain(lime().with(new LimeDisplay(false, false, false, 3, 0)), "output:1");
    var positive = explain(lime().with(new LimeDisplay(true, false, false, 3, 0)), "output:1");
    var alone = explain(lime().with(new LimeDisplay(true, false, true, 3, 0)), "output:1");
    for (var explanation : List.of(both, positive, alone)) {
      explanation.save(folder, "lime");
      var drawn = LimeImage.of(image, explanation);
      var again = LimeImage.of(image, Explanation.load(folder, "lime"));
      assertThat(again.samples()).isEqualTo(drawn.samples());
      assertThat(again.mask()).isEqualTo(drawn.mask());
    }
    assertThat(LimeImage.of(image, both).green() + LimeImage.of(image, both).red()).isEqualTo(3);
    assertThat(LimeImage.of(image, positive).red()).isZero();
    assertThat(LimeImage.of(image, positive).samples()).isNotEqualTo(image.toArray());
    var black = 0;
    for (var i = 0; i < HEIGHT * WIDTH; i++) {
      black += LimeImage.of(image, alone).mask()[i] == 0 ? 1 : 0;
    }
    assertThat(black).isGreaterThan(HEIGHT * WIDTH / 2);
  }

  @Test
  void everyParameterReachesTheMethod() {
    var settings =
        Map.ofEntries(
            Map.entry("samples", "70"),
            Map.entry("superpixels", "quickshift"),
            Map.entry("ratio", "0.5"),
            Map.entry("hide-colour", "blurred:2.0"),
            Map.entry("distance", "euclidean"),
            Map.entry("kernel-width", "3.0"),
            Map.entry("feature-selection", "lasso-path"),
            Map.entry("features", "4"),
            Map.entry("labels", "2,0"),
            Map.entry("top-labels", "1"),
            Map.entry("stability-seeds", "2"),
            Map.entry("positive-only", "true"),
            Map.entry("hide-rest", "true"),
            Map.entry("num-features", "2"),
            Map.entry("min-weight", "0.01"));
    var values = Lime.DESCRIPTOR.changed(Lime.DESCRIPTOR.standard(), settings);
    var method = Lime.DESCRIPTOR.factory().create(values, evaluator.model()).getFirst();
    var written = method.parameters().asMap();
    settings.forEach((name, text) -> assertThat(written.get(name)).hasToString(text));
    var explanation = method.explain(evaluator, image, Target.output(1), RunOptions.standard());
    var coefficients = explanation.details().get("coefficients").toArray();
    var kept = 0;
    for (var coefficient : coefficients) {
      kept += coefficient == 0 ? 0 : 1;
    }
    assertThat(kept).isBetween(1, 4);
  }

  @Test
  void theHomeworkKeepsItsDefinition() {
    var homework = Lime.homework().parameters().asMap();
    assertThat(homework)
        .containsEntry("samples", 1000)
        .containsEntry("superpixels", "slic")
        .containsEntry("segments", 200)
        .containsEntry("first-label", 1)
        .containsEntry("num-features", 11)
        .containsEntry("min-weight", 0.05)
        .containsEntry("hide-colour", "superpixel")
        .containsEntry("distance", "cosine")
        .containsEntry("sequence", "run");
  }

  @Test
  void refusesBothSignsAlone() {
    assertThatThrownBy(() -> new LimeDisplay(true, true, false, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("positive-only and negative-only");
  }
}
