package org.pellucid.explain.perturbation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.pellucid.engine.Engine;
import org.pellucid.explain.QuadraticModel;
import org.pellucid.explain.evaluation.Evaluator;
import org.pellucid.explain.evaluation.RunOptions;
import org.pellucid.explain.evaluation.Target;
import org.pellucid.explain.evaluation.Values;
import org.pellucid.explain.method.Explanation;
import org.pellucid.explain.method.Method;
import org.pellucid.explain.segmentation.Felzenszwalb;
import org.pellucid.explain.segmentation.Grid;
import org.pellucid.explain.segmentation.MersenneTwister;
import org.pellucid.explain.segmentation.Quickshift;
import org.pellucid.explain.segmentation.Slic;

/** Perturbation methods where the right map is known, and what all of them have in common. */
class KnownAnswerTests {
  private static final int HEIGHT = 9;
  private static final int WIDTH = 13;
  private static final int SIZE = 2 * HEIGHT * WIDTH;

  private final Values image = image();

  private static Values image() {
    var numbers = new float[SIZE];
    for (var i = 0; i < SIZE; i++) {
      numbers[i] = i * 29 % 64 / 64f;
    }
    return Values.of(numbers, 2, HEIGHT, WIDTH);
  }

  static List<Method> methods() {
    var grid = new Grid(12);
    return List.of(
        Lime.standard().with(LimeSettings.defaults().withTopLabels(1).withSamples(60)).with(grid),
        new KernelShap(40, true, grid, HideColour.MEAN),
        new ShapleySampling(3, false, grid, HideColour.SUPERPIXEL),
        new Ablation(grid, HideColour.blurred()),
        new Occlusion(new Sides(4, 5), new Sides(3, 2), false, HideColour.WHITE),
        new Occlusion(new Sides(4, 5), new Sides(3, 2), true, HideColour.BLACK),
        new Rise(50, 4, 0.4, true, HideColour.MEAN));
  }

  private static Evaluator curved() {
    return FunctionModel.evaluator(2, HEIGHT, WIDTH, 2, FunctionModel::curved);
  }

  private Explanation linear(Method method) {
    var evaluator = FunctionModel.linear(2, HEIGHT, WIDTH);
    return method.explain(evaluator, image, Target.output(0), RunOptions.standard());
  }

  /** What a linear model loses where its slopes meet a change to black. */
  private double share(int pixel) {
    var plane = HEIGHT * WIDTH;
    return FunctionModel.slope(pixel) * image.get(pixel)
        + FunctionModel.slope(pixel + plane) * image.get(pixel + plane);
  }

  @ParameterizedTest
  @CsvSource({"GRID", "SLIC", "QUICKSHIFT", "FELZENSZWALB"})
  void findsWhatEachSuperpixelAddsToALinearModel(String kind) {
    var superpixels =
        switch (kind) {
          case "GRID" -> new Grid(11);
          case "SLIC" -> new Slic(11, 1, 1, 0);
          case "QUICKSHIFT" -> new Quickshift(1, 3, 0.1);
          default -> new Felzenszwalb(5, 0.5, 5);
        };
    var pieces = superpixels.segment(image.toArray(), HEIGHT, WIDTH);
    var expected = new double[pieces.count()];
    for (var pixel = 0; pixel < HEIGHT * WIDTH; pixel++) {
      expected[pieces.label(pixel)] += share(pixel);
    }
    List<Method> methods =
        List.of(
            new KernelShap(700, true, superpixels, HideColour.BLACK),
            new KernelShap(700, false, superpixels, HideColour.BLACK),
            new ShapleySampling(2, false, superpixels, HideColour.BLACK),
            new Ablation(superpixels, HideColour.BLACK));
    for (var method : methods) {
      var map = linear(method).values();
      for (var pixel = 0; pixel < HEIGHT * WIDTH; pixel++) {
        assertThat((double) map.get(pixel))
            .as(method.name())
            .isEqualTo(expected[pieces.label(pixel)], within(1e-5));
      }
    }
    assertThat(linear(methods.getFirst()).quality("fit").orElseThrow()).isEqualTo(1, within(1e-9));
    assertThat(linear(methods.getLast()).quality("interaction").orElseThrow())
        .isEqualTo(0, within(1e-9));
  }

  @Test
  void windowsSideBySideAddUpOnALinearModel() {
    var map =
        linear(new Occlusion(new Sides(4, 5), new Sides(4, 5), false, HideColour.BLACK)).values();
    var sum = 0.0;
    for (var top = 0; top < HEIGHT; top += 4) {
      for (var left = 0; left < WIDTH; left += 5) {
        var expected = 0.0;
        for (var row = top; row < Math.min(top + 4, HEIGHT); row++) {
          for (var column = left; column < Math.min(left + 5, WIDTH); column++) {
            expected += share(row * WIDTH + column);
          }
        }
        assertThat((double) map.get(top * WIDTH + left)).isEqualTo(expected, within(1e-5));
        sum += map.get(top * WIDTH + left);
      }
    }
    var whole = 0.0;
    for (var pixel = 0; pixel < HEIGHT * WIDTH; pixel++) {
      whole += share(pixel);
    }
    assertThat(sum).isEqualTo(whole, within(1e-4));
  }

  /** A slow plain reference: every window, every pixel below it, every channel. */
  @ParameterizedTest
  @CsvSource({"3, 4, 2, 3, false", "1, 1, 1, 1, true", "5, 2, 1, 2, true", "20, 20, 7, 7, false"})
  void occludesAsThePlainReferenceDoes(
      int height, int width, int down, int across, boolean eachChannel) {
    var method =
        new Occlusion(
            new Sides(height, width), new Sides(down, across), eachChannel, HideColour.WHITE);
    var evaluator = curved();
    var target = Target.output(1);
    var found = method.explain(evaluator, image, target, RunOptions.standard()).values();
    var sums = new double[SIZE];
    var counts = new int[SIZE];
    var rows = Math.max(0, -Math.floorDiv(height - HEIGHT, down)) + 1;
    var columns = Math.max(0, -Math.floorDiv(width - WIDTH, across)) + 1;
    for (var window = 0; window < rows * columns * (eachChannel ? 2 : 1); window++) {
      var top = window / columns % rows * down;
      var left = window % columns * across;
      var changed = image.toArray();
      var covered = new boolean[SIZE];
      for (var i = 0; i < SIZE; i++) {
        var row = i / WIDTH % HEIGHT;
        var column = i % WIDTH;
        covered[i] =
            row >= top
                && row < top + height
                && column >= left
                && column < left + width
                && (!eachChannel || i / (HEIGHT * WIDTH) == window / (rows * columns));
        changed[i] = covered[i] ? 1 : changed[i];
      }
      var fall =
          evaluator.score(target, image)
              - evaluator.score(target, Values.of(changed, 2, HEIGHT, WIDTH));
      for (var i = 0; i < SIZE; i++) {
        sums[i] += covered[i] ? fall : 0;
        counts[i] += covered[i] ? 1 : 0;
      }
    }
    for (var i = 0; i < found.length(); i++) {
      assertThat((double) found.get(i)).isEqualTo(sums[i] / counts[i], within(1e-6));
    }
  }

  /** LIME's ridge regression solved by elimination from its definition. */
  @Test
  void limeSolvesItsRegression() {
    var settings = LimeSettings.defaults().withTopLabels(0).withSamples(80).withKernelWidth(0.4);
    var method = Lime.standard().with(new Grid(10)).with(settings.withHideColour(HideColour.BLACK));
    var explanation =
        method.explain(curved(), image, Target.output(1), RunOptions.standard().withSeed(4));
    var coefficients = explanation.details().get("coefficients");

    var generator = new MersenneTwister(4);
    LimeSamples.drawSeed(generator);
    var pieces = new Grid(10).segment(image.toArray(), HEIGHT, WIDTH);
    var count = pieces.count();
    var shown = LimeSamples.draw(generator, 80, count).shown();
    var matrix = new double[count + 1][count + 2];
    for (var row = 0; row < 80; row++) {
      var changed = image.toArray();
      for (var i = 0; i < SIZE; i++) {
        changed[i] *= shown.get(row, pieces.label(i % (HEIGHT * WIDTH))) ? 1 : 0;
      }
      var score = curved().score(Target.output(1), Values.of(changed, 2, HEIGHT, WIDTH));
      var distance = 1 - Math.sqrt(shown.count(row) / (double) count);
      var weight = Math.sqrt(Math.exp(-distance * distance / 0.16));
      var x = new double[count + 2];
      for (var column = 0; column < count; column++) {
        x[column] = shown.get(row, column) ? 1 : 0;
      }
      x[count] = 1;
      x[count + 1] = score;
      for (var i = 0; i <= count; i++) {
        for (var j = 0; j <= count + 1; j++) {
          matrix[i][j] += weight * x[i] * x[j];
        }
      }
    }
    for (var column = 0; column < count; column++) {
      matrix[column][column] += 1;
    }
    var solution = eliminated(matrix);
    for (var column = 0; column < count; column++) {
      assertThat((double) coefficients.get(column)).isEqualTo(solution[column], within(1e-5));
    }
    assertThat(explanation.quality("intercept").orElseThrow())
        .isEqualTo(solution[count], within(1e-8));
  }

  private static double[] eliminated(double[][] matrix) {
    var n = matrix.length;
    for (var pivot = 0; pivot < n; pivot++) {
      for (var row = 0; row < n; row++) {
        if (row != pivot) {
          var factor = matrix[row][pivot] / matrix[pivot][pivot];
          for (var column = pivot; column <= n; column++) {
            matrix[row][column] -= factor * matrix[pivot][column];
          }
        }
      }
    }
    var solution = new double[n];
    Arrays.setAll(solution, i -> matrix[i][n] / matrix[i][i]);
    return solution;
  }

  @ParameterizedTest
  @MethodSource("methods")
  void theBatchAndTheThreadsChangeNoBit(Method method) {
    var options = RunOptions.standard().withSeed(6);
    var expected = method.explain(curved(), image, Target.output(1), options);
    for (var batch : new int[] {1, 3, 8}) {
      for (var threads : new int[] {1, 3}) {
        try (var engine = Engine.builder().portable().threads(threads).build()) {
          var evaluator = new Evaluator(engine, curved().model());
          var found =
              method.explain(evaluator, image, Target.output(1), options.withBatchSize(batch));
          assertThat(found).isEqualTo(expected);
        }
      }
    }
    var other = method.explain(curved(), image, Target.output(0), options);
    assertThat(other.values()).isNotEqualTo(expected.values());
  }

  static Stream<Method> methodsThatHideByAMean() {
    var grid = new Grid(12);
    return Stream.of(HideColour.SUPERPIXEL, HideColour.MEAN, HideColour.blurred())
        .flatMap(
            colour ->
                Stream.of(
                    Lime.standard()
                        .with(LimeSettings.defaults().withTopLabels(1).withHideColour(colour))
                        .withSamples(40)
                        .withStabilitySeeds(1),
                    new KernelShap(40, true, grid, colour),
                    new ShapleySampling(3, false, grid, colour),
                    new Ablation(grid, colour)));
  }

  @ParameterizedTest
  @MethodSource("methodsThatHideByAMean")
  void anImageOfOneColourGivesAMapOfZeros(Method method) {
    var grey = new float[SIZE];
    Arrays.fill(grey, 0.25f);
    var explanation =
        method.explain(
            curved(), Values.of(grey, 2, HEIGHT, WIDTH), Target.output(1), RunOptions.standard());
    for (var value : explanation.values().toArray()) {
      assertThat(value).isZero();
    }
    for (var figure : explanation.quality()) {
      assertThat(figure.value()).as(figure.name()).isFinite();
      if (List.of("score", "fit", "stabilityRank", "stabilityTop").contains(figure.name())) {
        assertThat(figure.value()).as(figure.name()).isEqualTo(1);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void stopsWhenInterrupted(Method method) {
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(
              () -> method.explain(curved(), image, Target.output(0), RunOptions.standard()))
          .isInstanceOf(CancellationException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void saysWhatItCantExplain(Method method) {
    var row = new Evaluator(Engine.portable(), new QuadraticModel(new long[] {6}, 1));
    assertThatThrownBy(
            () ->
                method.explain(
                    row, Values.of(new float[6], 6), Target.output(0), RunOptions.standard()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not an image");
    var squares =
        new Evaluator(Engine.portable(), new QuadraticModel(new long[] {2, HEIGHT, WIDTH}, 1));
    assertThatThrownBy(
            () ->
                method.explain(
                    squares,
                    image,
                    new Target.Channel(QuadraticModel.SQUARES, 0),
                    RunOptions.standard()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("channel:squares:0");
    var broken = FunctionModel.evaluator(2, HEIGHT, WIDTH, 1, _ -> new double[] {Double.NaN});
    assertThatThrownBy(() -> method.explain(broken, image, Target.output(0), RunOptions.standard()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NaN");
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "1, 1, 6", "3, 7, 1", "5, 2, 3"})
  void explainsImagesOfAnySize(int channels, int height, int width) {
    var numbers = new float[channels * height * width];
    for (var i = 0; i < numbers.length; i++) {
      numbers[i] = i * 5 % 8 / 8f;
    }
    var evaluator = FunctionModel.linear(channels, height, width);
    for (var method : methods()) {
      var explanation =
          method.explain(
              evaluator,
              Values.of(numbers, channels, height, width),
              Target.output(0),
              RunOptions.standard());
      assertThat(explanation.values().allFinite()).as(method.name()).isTrue();
      assertThat(explanation.values().size(-1)).isEqualTo(width);
      assertThat(explanation.values().size(-2)).isEqualTo(height);
    }
  }

  @Test
  void refusesWindowsThatLeaveGaps() {
    assertThatThrownBy(
            () -> new Occlusion(new Sides(4, 5), new Sides(4, 6), false, HideColour.BLACK))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gaps");
    assertThatThrownBy(
            () -> new Occlusion(new Sides(4, 5), new Sides(1, 1), false, HideColour.SUPERPIXEL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("mean");
  }
}
