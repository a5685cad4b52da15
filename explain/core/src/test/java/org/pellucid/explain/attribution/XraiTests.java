package org.pellucid.explain.attribution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.pellucid.engine.Engine;
import org.pellucid.explain.QuadraticModel;
import org.pellucid.explain.attribution.Xrai.Growth;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;

class XraiTests {
  private static final int HEIGHT = 11;
  private static final int WIDTH = 14;
  private static final int PIXELS = HEIGHT * WIDTH;

  /** Random divisions into blobs, and random attributions. */
  private static int[] segments(int seed, int count) {
    var random = new Random(seed);
    var rows = random.ints(count, 0, HEIGHT).toArray();
    var columns = random.ints(count, 0, WIDTH).toArray();
    return IntStream.range(0, PIXELS)
        .map(
            pixel -> {
              var best = 0;
              for (var i = 1; i < count; i++) {
                best =
                    distance(pixel, rows[i], columns[i])
                            < distance(pixel, rows[best], columns[best])
                        ? i
                        : best;
              }
              return best;
            })
        .toArray();
  }

  private static int distance(int pixel, int row, int column) {
    var down = pixel / WIDTH - row;
    var right = pixel % WIDTH - column;
    return down * down + right * right;
  }

  private static double mean(boolean[] region, boolean[] covered, double[] attribution) {
    return IntStream.range(0, PIXELS)
        .filter(pixel -> region[pixel] && !covered[pixel])
        .mapToDouble(pixel -> attribution[pixel])
        .average()
        .orElse(Double.NEGATIVE_INFINITY);
  }

  private static int added(boolean[] region, boolean[] covered) {
    return (int)
        IntStream.range(0, PIXELS).filter(pixel -> region[pixel] && !covered[pixel]).count();
  }

  /** A slow plain reference: regions as masks, weighed anew from all their pixels. */
  @ParameterizedTest
  @CsvSource({"FULL, 0, 1", "FULL, 2, 1", "FULL, 1, 9", "FAST, 0, 1", "FAST, 2, 4"})
  void growsAsThePlainReferenceDoes(Growth growth, int reach, int least) {
    for (var seed = 0; seed < 5; seed++) {
      var random = new Random(100 + seed);
      var attribution =
          IntStream.range(0, PIXELS).mapToDouble(_ -> random.nextGaussian()).toArray();
      var regions = new XraiRegions(HEIGHT, WIDTH);
      var masks = new ArrayList<boolean[]>();
      for (var scale = 0; scale < 4; scale++) {
        var segments = segments(10 * seed + scale, 3 + 4 * scale);
        regions.add(segments, reach);
        for (var segment : IntStream.of(segments).distinct().sorted().toArray()) {
          var mask = new boolean[PIXELS];
          for (var pixel = 0; pixel < PIXELS; pixel++) {
            for (var other = 0; other < PIXELS; other++) {
              mask[pixel] |=
                  segments[other] == segment
                      && distance(pixel, other / WIDTH, other % WIDTH) <= reach * reach;
            }
          }
          masks.add(mask);
        }
      }
      assertThat(regions.count()).isEqualTo(masks.size());
      var expected = grown(masks, attribution, growth, least);
      var found = regions.grow(attribution, growth, least);
      for (var pixel = 0; pixel < PIXELS; pixel++) {
        assertThat(found[pixel]).isEqualTo(expected[pixel], within(1e-12));
      }
      if (least == 1) {
        assertThat(Arrays.stream(found).sum())
            .isEqualTo(Arrays.stream(attribution).sum(), within(1e-9));
      }
    }
  }

  private static double[] grown(
      ArrayList<boolean[]> masks, double[] attribution, Growth growth, int least) {
    var covered = new boolean[PIXELS];
    var map = new double[PIXELS];
    var none = new boolean[PIXELS];
    var left = new ArrayList<>(masks);
    left.sort((a, b) -> Double.compare(mean(b, none, attribution), mean(a, none, attribution)));
    while (true) {
      left.removeIf(mask -> added(mask, covered) < least);
      if (left.isEmpty()) {
        break;
      }
      var best = left.getFirst();
      if (growth == Growth.FULL) {
        for (var mask : left) {
          best = mean(mask, covered, attribution) > mean(best, covered, attribution) ? mask : best;
        }
      }
      left.remove(best);
      var value = mean(best, covered, attribution);
      for (var pixel = 0; pixel < PIXELS; pixel++) {
        if (best[pixel] && !covered[pixel]) {
          covered[pixel] = true;
          map[pixel] = value;
        }
      }
    }
    var all = new boolean[PIXELS];
    Arrays.fill(all, true);
    var rest = mean(all, covered, attribution);
    for (var pixel = 0; pixel < PIXELS; pixel++) {
      map[pixel] = covered[pixel] ? map[pixel] : rest;
    }
    return map;
  }

  /** The left half is red, the right one blue; the model's slopes grow from left to right. */
  @ParameterizedTest
  @EnumSource
  void givesWholeRegionsAndKeepsTheSum(Growth growth) {
    var numbers = new float[3 * 24 * 30];
    for (var i = 0; i < numbers.length; i++) {
      var left = i % 30 < 14;
      var channel = i / (24 * 30);
      numbers[i] = channel == 0 && left || channel == 2 && !left ? 0.75f : 0.25f;
    }
    var image = Values.of(numbers, 3, 24, 30);
    var evaluator = new Evaluator(Engine.portable(), new QuadraticModel(new long[] {3, 24, 30}, 2));
    var target = Target.output(1);
    var method = new Xrai(4, growth, false, 0, 1);
    var explanation = method.explain(evaluator, image, target, RunOptions.standard());
    var map = explanation.values();
    assertThat(map.shape()).containsExactly(24, 30);
    assertThat(explanation.quality("convergenceDelta").orElseThrow())
        .isEqualTo(0, within(1e-2 * Math.abs(evaluator.score(target, image))));
    // A segment of its own may follow the blurred edge between the halves.
    for (var pixel = 0; pixel < 24 * 30; pixel++) {
      var column = pixel % 30;
      if (column < 11 || column >= 17) {
        assertThat(map.get(pixel)).isEqualTo(map.get(column < 14 ? 0 : 29));
      }
    }
    assertThat(map.get(0)).isNotEqualTo(map.get(29));
    var sum = 0.0;
    for (var value : map.toArray()) {
      sum += value;
    }
    var black = Values.of(new float[numbers.length], 3, 24, 30);
    var ones = new float[numbers.length];
    Arrays.fill(ones, 1);
    var expected =
        evaluator.score(target, image)
            - evaluator.score(target, black) / 2
            - evaluator.score(target, Values.of(ones, 3, 24, 30)) / 2;
    assertThat(sum / expected).isEqualTo(1, within(1e-4));
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "1, 9, 4", "3, 1, 12", "5, 7, 3"})
  void explainsImagesOfAnySizeAndColour(int channels, int height, int width) {
    var model = new QuadraticModel(new long[] {channels, height, width}, 1);
    var evaluator = new Evaluator(Engine.portable(), model);
    var values = Values.of(new float[channels * height * width], channels, height, width);
    for (var growth : Growth.values()) {
      var method = Xrai.standard().withGrowth(growth);
      var options = RunOptions.standard().withBatchSize(3);
      var map = method.explain(evaluator, values, Target.output(0), options).values();
      assertThat(map.shape()).containsExactly(height, width);
      assertThat(map.allFinite()).isTrue();
      assertThat(method.explain(evaluator, values, Target.output(0), options.withBatchSize(1)))
          .isEqualTo(method.explain(evaluator, values, Target.output(0), options));
    }
  }

  @Test
  void refusesRowsOfNumbersAndStopsWhenInterrupted() {
    var evaluator = new Evaluator(Engine.portable(), new QuadraticModel(new long[] {6}, 1));
    var row = Values.of(new float[6], 6);
    assertThatThrownBy(
            () -> Xrai.standard().explain(evaluator, row, Target.output(0), RunOptions.standard()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not an image");
    var images = new Evaluator(Engine.portable(), new QuadraticModel(new long[] {1, 4, 4}, 1));
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(
              () ->
                  Xrai.standard()
                      .explain(
                          images,
                          Values.of(new float[16], 1, 4, 4),
                          Target.output(0),
                          RunOptions.standard()))
          .isInstanceOf(CancellationException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }
}
